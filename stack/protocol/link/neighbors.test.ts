import { describe, expect, it } from 'vitest'
import { Format } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { neighborCount } from '../state/tables.ts'
import { localAddress, peerAddress, type TestHost } from '../testing/host.ts'
import { Scenario } from '../testing/scenario.ts'

const mss = 1448
const silent = 0x0a0000fa

/** `count` hosts of the subnet, one after the other, ask for our hardware address. */
function strangersAsk(host: TestHost, count: number): void {
  for (let k = 0; k < count; k += 1) {
    host.frame({
      format: Format.arp,
      etherSourceHigh: 0x0266,
      etherSourceLow: k,
      ipSource: 0x0a000000 + 10 + (k % 230),
      ipDestination: localAddress,
      arpOperation: 1,
    })
  }
}

describe('whoever waits for a neighbor hears of it, whatever strangers do meanwhile', () => {
  it('connect to a silent address fails as unreachable while 200 others ask by ARP', () => {
    const scenario = new Scenario().does((host) => host.connect(80, 0, 9, silent))
    strangersAsk(scenario.host, 220)
    scenario.waits(10_000_000)
    expect(scenario.told()).toMatchObject([
      { upcall: 'connectFailed', first: 9, second: UpcallError.unreachable },
    ])
  })

  it('the timer of the SYN runs while the neighbor is asked for, as in Linux', () => {
    const scenario = new Scenario().does((host) => host.connect(80, 0, 9, silent)).waits(1_000_000)
    expect(scenario.heard()).toEqual([])
    expect(scenario.host.counters.timeouts).toBe(1)
  })

  it('data of an established connection leaves as soon as its neighbor answers again', () => {
    const scenario = Scenario.accepted()
    scenario.answersArp = false
    // The neighbor was not used for long and is forgotten. Then ARP requests for it stay without an answer while
    // strangers come and go.
    scenario.waits(700_000_000).forget().queues(mss)
    strangersAsk(scenario.host, 220)
    scenario.waits(20_000_000)
    strangersAsk(scenario.host, 220)
    expect(scenario.heard()).toEqual([])
    scenario.answersArp = true
    scenario.waits(1_000_000).waits(60_000_000)
    expect(scenario.heard().slice(0, 1)).toEqual([`PSH ACK 0+${mss}`])
    expect(scenario.acks(mss).news()).toEqual([`acknowledged ${mss}`])
  })

  it('entries that connections refer to stay, those that strangers take are taken from strangers', () => {
    const scenario = Scenario.accepted().queues(mss)
    for (let round = 0; round < 5; round += 1) strangersAsk(scenario.host, 200)
    scenario.host.now += 20_000
    expect(
      scenario
        .acks(mss)
        .queues(2 * mss)
        .heard()
        .at(-1),
    ).toBe(`PSH ACK ${mss}+${mss}`)
    expect(scenario.host.counters.neighborsHigh).toBeLessThanOrEqual(neighborCount(scenario.host.config))
  })
})

describe('a neighbor that fails for a moment', () => {
  it('does not end an idle connection: nothing is in flight, so no timer runs', () => {
    const scenario = Scenario.accepted().queues(mss).acks(mss)
    scenario.answersArp = false
    // The peer's host reboots its network while an ACK is due; then all is quiet for an hour.
    scenario.waits(301_000_000).sends({ length: 100 }).waits(20_000_000).forget()
    scenario.answersArp = true
    scenario.waits(3_600_000_000)
    expect(scenario.news()).toEqual([])
    expect(scenario.host.counters.timeouts).toBe(0)
    expect(scenario.sends({ length: 10 }).news()).toEqual(['readable 110'])
  })

  it('ends one that has data to send only after many tries, as unreachable', () => {
    const scenario = Scenario.accepted()
    scenario.answersArp = false
    scenario.waits(700_000_000).forget().queues(mss).waits(1_800_000_000)
    expect(scenario.news()).toEqual([`closed ${UpcallError.unreachable}`])
  })
})

describe('a connection that is over', () => {
  it('refers to no neighbor', () => {
    const scenario = Scenario.accepted().queues(mss)
    scenario.sends({ flags: 'RST', at: 0 }).releases()
    strangersAsk(scenario.host, 300)
    // The closed connection held no reference, so a stranger got the peer's entry, and the peer has to be asked for
    // again.
    expect(scenario.host.connect(80)).toMatchObject([{ action: 'arp', targetAddress: peerAddress }])
  })
})
