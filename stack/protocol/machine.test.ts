import { describe, expect, it } from 'vitest'
import { ActionQueue } from '../dominoes/contract/action-queue.ts'
import { noDeadline } from '../dominoes/contract/domain.ts'
import { Format, Verdict } from '../wire/header.ts'
import { createMachine, stateWords } from './machine.ts'
import { globalRecord } from './state/globals.ts'
import { type Layout, planLayout } from './state/layout.ts'
import { timeWaitRecord } from './state/tables.ts'
import { tcbRecord } from './state/tcb.ts'
import { gatewayAddress, localAddress, peerAddress, peerEther, TestHost, testConfig } from './testing/host.ts'
import { Scenario } from './testing/scenario.ts'

const fromPeer = {
  etherSourceHigh: peerEther[0],
  etherSourceLow: peerEther[1],
  ipSource: peerAddress,
  ipDestination: localAddress,
}

describe('the machine', () => {
  it('begins with nothing to do', () => {
    const host = new TestHost()
    expect(host.machine.hasMore()).toBe(false)
    expect(host.machine.microsUntilDeadline(123)).toBe(noDeadline)
    expect(host.tick()).toEqual([])
  })

  it('counts and ignores a frame that its check refused', () => {
    const host = new TestHost()
    expect(host.frame({ ...fromPeer, format: Format.icmpEcho, icmpType: 8 }, Verdict.badChecksum)).toEqual([])
    expect(host.counters.badVerdicts).toBe(1)
  })

  it('ignores what is not addressed to it', () => {
    const host = new TestHost()
    host.frame({ ...fromPeer, format: Format.tcp, flags: 16, ipDestination: 0x0a0000ff })
    host.frame({ ...fromPeer, format: Format.tcp, flags: 16, ipSource: 0xe0000001 | 0 })
    expect(host.counters.notOurs).toBe(2)
    expect(host.counters.segmentsOut).toBe(0)
  })

  it('numbers its actions and its upcalls without gaps', () => {
    const scenario = Scenario.accepted().sends({ length: 10 }).queues(10).sends({ length: 10, ack: 10 })
    const actions = scenario.actions()
    const first = actions[0]?.number ?? -1
    expect(actions.map((action) => action.number)).toEqual(actions.map((_, index) => first + index))
    const upcalls = actions.flatMap((action) => ('upcallNumber' in action ? [action.upcallNumber] : []))
    expect(upcalls).toEqual([2, 3, 4])
  })

  it('emits the same through a small queue as through a large one', () => {
    const segmentsThrough = (queueCapacity: number): [number, unknown[]] => {
      const scenario = Scenario.accepted({ queueCapacity, windowBytes: 1 << 22 }).streams(1 << 19)
      // The window is now larger than the send buffer, so the whole buffer leaves at once.
      scenario.host.resumes = 0
      scenario.queues((1 << 19) + (1 << 18))
      return [scenario.host.resumes, scenario.seen().map((segment) => ({ ...segment.raw, words: undefined }))]
    }
    const [resumes, throughSmall] = segmentsThrough(64)
    const [none, throughLarge] = segmentsThrough(1024)
    expect(throughSmall).toEqual(throughLarge)
    expect(resumes).toBeGreaterThan(1)
    expect(none).toBe(0)
  })

  it('wakes up for its timers, and fires them before the request that comes with their time', () => {
    const scenario = Scenario.accepted().queues(10).forget()
    const { host } = scenario
    const micros = host.machine.microsUntilDeadline(host.now | 0)
    expect(micros).toBeGreaterThan(0)
    // The probe is due, but the ACK that arrives with the same time stamp makes it superfluous.
    host.now += micros + 1_000_000
    scenario.acks(10)
    expect(scenario.heard()).toEqual([])
    expect(host.counters.lossProbes).toBe(0)
  })

  it('keeps its timers over the wrap of the clock', () => {
    const scenario = Scenario.accepted()
    scenario.host.now = 0x7fffff00
    scenario.host.tick()
    scenario.queues(10).forget().waits(1_000_000)
    expect(scenario.heard()[0]).toBe('PSH ACK 0+10')
  })

  it('is whole in its state: a copy goes on where the original stood', () => {
    const original = Scenario.accepted().queues(5000).sends({ at: 100, length: 50 })
    const { host } = original
    const copy = new Int32Array(host.state)
    const actions = new ActionQueue(256)
    const machine = createMachine(host.config, host.words, copy, actions)
    expect(machine.digest()).toBe(host.machine.digest())
    original.forget().acks(5000, { sack: [] })
    machine.apply(0)
    expect(machine.digest()).toBe(host.machine.digest())
    expect(machine.digestAll()).toBe(host.machine.digestAll())
    expect(copy).toEqual(host.state)
  })

  // A digest is a hash of the state's words, so the test changes single words.
  it('has a digest that sees every change of live state', () => {
    const scenario = Scenario.accepted()
    const digests = new Set([scenario.host.machine.digest()])
    for (const field of ['sndNxt', 'rcvNxt', 'cwnd', 'srtt', 'ranges'] as const) {
      scenario.host.poke(0, field, 12345)
      digests.add(scenario.host.machine.digest())
    }
    expect(digests.size).toBe(6)
  })

  it.each([
    ['an entry in TIME-WAIT', (layout: Layout) => layout.timeWait + timeWaitRecord.offsets.expiry],
    ['the tuple hash', (layout: Layout) => layout.hash + 3],
    ['a closed connection', (layout: Layout) => layout.connections + tcbRecord.offsets.generation],
    ['one connection of many', (layout: Layout) => layout.connections + 150 * tcbRecord.words],
  ])(
    'has digests that take turns over the tables at rest: a word of %s is seen within a few hundred',
    (_, at) => {
      const host = new TestHost({ connectionCount: 200 })
      // More connections than one digest covers, so connections take turns, too.
      host.state[planLayout(host.config).globals + globalRecord.offsets.connectionsHigh] = 200
      host.invariants = undefined
      const copy = new Int32Array(host.state)
      const machine = createMachine(host.config, host.words, copy, new ActionQueue(256))
      const where = at(planLayout(host.config))
      copy[where] = (copy[where] as number) + 1
      let seen = 0
      for (let request = 0; request < 32 * 500; request += 1) {
        host.tick()
        machine.apply(0)
        if (request % 32 === 0 && host.machine.digest() !== machine.digest()) seen += 1
      }
      expect(seen).toBeGreaterThan(0)
      expect(seen).toBeLessThan(500)
    },
  )

  it('refuses buffers and limits that cannot work', () => {
    const words = new Int32Array(128)
    const state = new Int32Array(stateWords(testConfig))
    expect(() => createMachine(testConfig, words, new Int32Array(10), new ActionQueue(64))).toThrow('words')
    expect(() => createMachine(testConfig, words, state, new ActionQueue(8))).toThrow('queue')
    expect(() =>
      createMachine({ ...testConfig, segmentCount: 100 }, words, state, new ActionQueue(64)),
    ).toThrow('segmentCount')
  })
})

describe('ARP (RFC 826)', () => {
  const request = { ...fromPeer, format: Format.arp, arpOperation: 1 }

  it('answers a request for its address, and learns who asked', () => {
    const host = new TestHost()
    expect(host.frame(request)).toMatchObject([
      { action: 'arp', operation: 2, etherDestination: peerEther, targetAddress: peerAddress },
    ])
    expect(host.connect(80)).toMatchObject([{ action: 'segment', etherDestination: peerEther }])
  })

  it('does not answer for others, and learns nothing from strangers', () => {
    const host = new TestHost()
    expect(host.frame({ ...request, ipDestination: gatewayAddress })).toEqual([])
    expect(host.connect(80)).toMatchObject([{ action: 'arp', operation: 1 }])
  })

  it('asks five times, a second apart', () => {
    const host = new TestHost()
    const sent = [...host.connect(80), ...host.wait(10_000_000)]
    expect(sent.filter((action) => action.action === 'arp')).toHaveLength(5)
  })

  it('takes a changed address from whoever already is known', () => {
    const scenario = Scenario.accepted()
    scenario.host.frame({ ...request, ipDestination: gatewayAddress, etherSourceLow: 99 })
    scenario.queues(10)
    expect(scenario.seen()).toMatchObject([{ raw: { etherDestination: [peerEther[0], 99] } }])
  })

  it('asks a neighbor in use again by unicast, and goes on using what it knows', () => {
    const scenario = Scenario.accepted()
    scenario.answersArp = false
    scenario.waits(290_000_000).queues(10).acks(10).forget().waits(10_500_000)
    expect(scenario.actions()).toMatchObject([{ action: 'arp', operation: 1, etherDestination: peerEther }])
    expect(scenario.queues(20).heard()).toEqual(['PSH ACK 10+10'])
  })

  it('forgets a neighbor that is not in use', () => {
    const host = new TestHost()
    host.learn()
    host.wait(301_000_000)
    expect(host.connect(80)).toMatchObject([{ action: 'arp' }])
  })
})

describe('ICMP and UDP', () => {
  it('answers an echo request with its identifier and sequence number', () => {
    const echo = { ...fromPeer, format: Format.icmpEcho, icmpType: 8, icmpIdentifier: 7, icmpSequence: 3 }
    expect(new TestHost().frame(echo)).toMatchObject([
      { action: 'echo reply', type: 0, identifier: 7, sequence: 3, ipDestination: peerAddress },
    ])
  })

  it('does not answer an echo reply', () => {
    expect(new TestHost().frame({ ...fromPeer, format: Format.icmpEcho, icmpType: 0 })).toEqual([])
  })

  it('answers a datagram with "port unreachable", within reason', () => {
    const host = new TestHost()
    const datagram = { ...fromPeer, format: Format.udp, sourcePort: 1, destinationPort: 2 }
    expect(host.frame(datagram)).toMatchObject([{ action: 'icmp error', type: 3, code: 3 }])
    for (let count = 0; count < 2000; count += 1) host.frame(datagram)
    expect(host.counters.icmpErrorsOut).toBe(1000)
  })
})
