import { describe, expect, it } from 'vitest'
import { Format, TcpFlag } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { localAddress, localEther, peerAddress, peerEther, TestHost } from '../testing/host.ts'

const sources = {
  'our own address': localAddress,
  'the loopback network': 0x7f000001,
  'network 0': 0x00000005,
  'a multicast group': 0xe0000001 | 0,
  'the reserved addresses': 0xf0000001 | 0,
  'the limited broadcast address': 0xffffffff | 0,
  'the broadcast address of the subnet': 0x0a0000ff,
  'the address of the subnet': 0x0a000000,
}

function listening(): TestHost {
  const host = new TestHost()
  host.listen(80)
  host.learn()
  return host
}

const base = {
  etherSourceHigh: peerEther[0],
  etherSourceLow: peerEther[1],
  ipSource: peerAddress,
  ipDestination: localAddress,
  sourcePort: 1000,
  destinationPort: 80,
}
const kinds = {
  'a SYN': { ...base, format: Format.tcp, flags: TcpFlag.syn },
  'a segment of no connection': { ...base, format: Format.tcp, flags: TcpFlag.ack },
  'a datagram to no port': { ...base, format: Format.udp },
  'an echo request': { ...base, format: Format.icmpEcho, icmpType: 8, icmpCode: 0 },
}

describe.each(Object.entries(kinds))('%s', (_, head) => {
  it('is answered if it comes from another host', () => {
    expect(listening().frame(head)).toHaveLength(1)
  })

  it.each(Object.entries(sources))(
    'is not if it comes from %s (RFC 1122 section 3.2.1.3)',
    (_name, ipSource) => {
      const host = listening()
      expect(host.frame({ ...head, ipSource })).toEqual([])
      expect(host.counters.notOurs).toBe(1)
    },
  )

  it('is not if the frame was for another station', () => {
    expect(listening().frame({ ...head, etherDestinationLow: localEther[1] + 1 })).toEqual([])
  })

  it('is not if the frame was for all stations (RFC 1122 section 3.3.6)', () => {
    expect(listening().frame({ ...head, etherDestinationHigh: 0xffff, etherDestinationLow: -1 })).toEqual([])
  })
})

describe('a connect', () => {
  const refused = [{ upcall: 'connectFailed', second: UpcallError.unreachable }]

  it.each(Object.entries(sources))('to %s is refused at once', (_, address) => {
    expect(listening().connect(80, 0, 9, address)).toMatchObject(refused)
  })

  it.each([0, 65_536, 70_000, -1])('to port %i is refused at once', (port) => {
    expect(listening().connect(port)).toMatchObject(refused)
  })

  it.each([65_536, 1_000_000, -1])('from port %i is refused at once', (port) => {
    expect(listening().connect(80, port)).toMatchObject([{ second: UpcallError.portInUse }])
  })

  it('to the broadcast address of another subnet goes to the gateway: nobody here can know it', () => {
    expect(listening().connect(80, 0, 9, 0x0b0000ff)).toMatchObject([{ action: 'arp' }])
  })
})

describe('a link of two hosts (RFC 3021)', () => {
  it('has no broadcast address: both may be a peer', () => {
    const host = new TestHost({ prefixLength: 31, address: 0x0a000000 })
    expect(host.connect(80, 0, 9, 0x0a000001)).toMatchObject([{ action: 'arp' }])
  })
})
