import { describe, expect, it } from 'vitest'
import { Format } from '../../wire/header.ts'
import { localAddress, peerAddress, TestHost } from '../testing/host.ts'

const strange = { etherSourceHigh: 0x0266, etherSourceLow: 1 }

function claims(host: TestHost, from: object = strange): unknown[] {
  return host.frame({
    format: Format.arp,
    ...strange,
    ...from,
    ipSource: localAddress,
    ipDestination: peerAddress,
    arpOperation: 1,
  })
}

describe('a host that claims this address (RFC 5227 section 2.4)', () => {
  it('is contradicted by an announcement to all', () => {
    expect(claims(new TestHost())).toMatchObject([
      {
        action: 'arp',
        operation: 1,
        etherDestination: [0xffff, -1],
        senderAddress: localAddress,
        targetAddress: localAddress,
      },
    ])
  })

  it('is contradicted once in ten seconds, however often it claims', () => {
    const host = new TestHost()
    let announced = 0
    for (let claim = 0; claim < 1000; claim += 1) {
      announced += claims(host).length
      host.now += 25_000
    }
    expect(announced).toBe(3)
    expect(host.counters).toMatchObject({ addressConflicts: 1000, addressDefenses: 3 })
  })

  it('is contradicted again after any silence (30 days: half of what 32 bits of milliseconds hold is 24.8)', () => {
    const host = new TestHost()
    expect(claims(host)).toHaveLength(1)
    // A tick every quarter of an hour: a longer gap would seem shorter than it was.
    for (let quarter = 0; quarter < 30 * 96; quarter += 1) {
      host.now += 900_000_000
      host.tick()
    }
    expect(claims(host)).toHaveLength(1)
  })

  it('teaches nobody where this address is: no connection goes there', () => {
    const host = new TestHost()
    claims(host)
    expect(host.counters.neighborsHigh).toBe(0)
  })

  it('is none if the packet is our own, come back', () => {
    const host = new TestHost()
    const { etherHigh, etherLow } = host.config
    expect(claims(host, { etherSourceHigh: etherHigh, etherSourceLow: etherLow })).toEqual([])
    expect(host.counters.addressConflicts).toBe(0)
  })

  it('is contradicted by one machine of those that share the address', () => {
    const hosts = [0, 1].map((index) => new TestHost({ shard: { index, count: 2 } }))
    expect(hosts.map((host) => claims(host).length)).toEqual([1, 0])
  })
})
