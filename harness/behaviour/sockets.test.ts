import { expect, test } from 'vitest'
import { socketsOf } from './sockets.ts'

/** Of iproute2 6.1, over a lossy path. */
const shown = `ESTAB 0 0 172.20.0.3:5001 172.20.0.2:43210 cubic wscale:8,7 rto:204 rtt:0.512/0.03 ato:40 mss:1448 pmtu:1500 rcvmss:1448 advmss:1448 cwnd:23 ssthresh:17 bytes_sent:1448000 bytes_retrans:2896 bytes_acked:1440000 segs_out:1002 segs_in:501 data_segs_out:1000 send 520.4Mbps lastsnd:4 pacing_rate 624.5Mbps delivery_rate 231Kbps delivered:990 busy:80ms unacked:12 retrans:1/2 lost:3 sacked:4 reordering:5 rcv_space:14480 minrtt:0.2
ESTAB 0 0 172.20.0.3:22 172.20.0.9:999 cubic cwnd:10
`

test('what ss shows of the connection is told by its names, in times from the first look on', () => {
  const looks = [
    { micros: 1000, shown: 'SYN-SENT 0 1 172.20.0.3:40000 172.20.0.9:5001 cwnd:1\n' },
    { micros: 5000, shown },
    { micros: 15_500, shown: shown.replace('cwnd:23', 'cwnd:46') },
  ]
  const sockets = socketsOf({ event: 'result', looks }, 43_210)
  expect(sockets.map(({ micros }) => micros)).toEqual([0, 10_500])
  expect(sockets[0]?.values).toMatchObject({
    cwnd: 23,
    ssthresh: 17,
    rtt: 0.512,
    unacked: 12,
    retrans: 2,
    lost: 3,
    sacked: 4,
    reordering: 5,
    delivery_rate: 231_000,
    send: 520.4e6,
    minrtt: 0.2,
  })
  expect(sockets[0]?.values).not.toHaveProperty('wscale')
  expect(sockets[1]?.values.cwnd).toBe(46)
})

test('a connection that was over before the first look has none', () => {
  expect(socketsOf({ looks: [] }, 1)).toEqual([])
  expect(() => socketsOf({ looks: 'none' }, 1)).toThrow()
})
