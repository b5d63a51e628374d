import { describe, expect, it } from 'vitest'
import { countersBetween, parseCounters, pathEvents, readCounters } from './counters.ts'

const snmp = `Tcp: RtoAlgorithm MaxConn InSegs RetransSegs InCsumErrors
Tcp: 1 -1 1000 3 0
TcpExt: SyncookiesSent TCPOFOQueue TCPDSACKOldSent TCPDSACKOfoSent
TcpExt: 0 40 5 2
`

describe('network counters', () => {
  it('are named by protocol and counter', () => {
    expect(parseCounters(snmp)).toMatchObject({
      'Tcp.InSegs': 1000,
      'Tcp.MaxConn': -1,
      'TcpExt.TCPOFOQueue': 40,
    })
  })

  it('are compared, leaving out what did not move', () => {
    const later = parseCounters(snmp.replace('1000 3', '1500 3').replace('0 40', '0 41'))
    expect(countersBetween(parseCounters(snmp), later)).toEqual({
      'Tcp.InSegs': 500,
      'TcpExt.TCPOFOQueue': 1,
    })
  })

  it('are read inside the container where its process is not one of this machine', async () => {
    const commands: (readonly string[])[] = []
    const node = {
      name: 'peer',
      containerId: 'c0ffee',
      pid: process.pid,
      exec: async (command: readonly string[]) => {
        commands.push(command)
        return { exitCode: 0, stdout: snmp, stderr: '' }
      },
    }
    expect(await readCounters(node)).toMatchObject({ 'Tcp.InSegs': 1000 })
    expect(commands).toEqual([['cat', '/proc/net/snmp', '/proc/net/netstat']])
  })

  it('are summed up as what happened on the path', () => {
    expect(pathEvents(parseCounters(snmp))).toEqual({
      queuedOutOfOrder: 40,
      retransmitted: 3,
      duplicatesReported: 0,
      duplicatesSeen: 7,
      reorderingDetected: 0,
      checksumErrors: 0,
      timeouts: 0,
    })
  })
})
