import { describe, expect, it } from 'vitest'
import { globalRecord } from '../../state/globals.ts'
import { planLayout } from '../../state/layout.ts'
import { senderRecord } from '../../state/sender.ts'
import { SegmentMark, segmentRecord } from '../../state/sent-segment.ts'
import { Timer, tcbRecord } from '../../state/tcb.ts'
import { Scenario } from '../scenario.ts'
import { InvariantError } from './claim.ts'
import { Invariants } from './invariants.ts'

/** Four segments in flight, a fifth sacked, and a hole in what was received. */
function busy(): Scenario {
  const scenario = Scenario.accepted()
  scenario.does((host) => host.send(scenario.connection, 5 * 1448))
  scenario.sends({ flags: 'ACK', at: 0, ack: 0, sack: [[4 * 1448, 5 * 1448]] })
  scenario.sends({ flags: 'ACK', at: 1000, length: 500, ack: 0 })
  return scenario
}

const check = ({ host }: Scenario): void => new Invariants(host.config, host.state).check()

it('nothing is said against a connection with data in flight, data sacked and a hole', () => {
  const scenario = busy()
  expect(scenario.tcb().sackedBytes).toBe(1448)
  expect(scenario.tcb().rangeCount).toBe(1)
  check(scenario)
})

/** A field of the connection, the amount added to it, and the error that follows. */
const changes: readonly (readonly [keyof typeof tcbRecord.offsets, number, RegExp])[] = [
  ['pipe', 1, /pipe is \d+, the time list holds \d+ bytes/],
  ['sackedBytes', -1448, /sackedBytes is 0, 1448 bytes are sacked/],
  ['sndUna', 1, /ring slot 0 starts at/],
  ['sndNxt', 1, /the ring ends at/],
  ['ringHead', 1, /reaches ring slot 0, which is free/],
  ['ringTail', 1000, /the ring holds \d+ of 256 entries/],
  ['timeTail', -1, /the time list ends with 4, its tail is 3/],
  ['maximumSegment', -1, /ring slot 0 has 1448 bytes, a segment at most 1447/],
  ['lostHead', 1, /the lost list reaches ring slot 0, met before in the time list/],
  ['timersArmed', -(1 << Timer.retransmission), /the retransmission timer is not armed, 5 in flight/],
  ['rcvNxt', 1000, /1000 bytes wait for an ACK, and no timer will send it/],
  ['rangeCount', 1, /range 1 \[0, 0\) is empty/],
  ['rcvConsumed', 1, /rcvConsumed \d+ is beyond rcvNxt/],
  ['rcvEdge', 1 << 20, /bytes are promised, the buffer has/],
  ['listener', 1, /listener 0 counts 0 half-open and 1 unaccepted, there are 0 and/],
  ['remotePort', 1, /the tuple of connection 0 leads to entry 0/],
]

describe('a field that is not what it has to be is named', () => {
  it.each(changes)('%s, changed by %i', (field, by, message) => {
    const scenario = busy()
    scenario.host.poke(0, field, scenario.tcb()[field] + by)
    expect(() => check(scenario)).toThrow(InvariantError)
    expect(() => check(scenario)).toThrow(message)
  })

  it('a list that links to itself', () => {
    const scenario = busy()
    const { config, state } = scenario.host
    const second = planLayout(config).segments + segmentRecord.words
    state[second + segmentRecord.offsets.next] = 2
    expect(() => check(scenario)).toThrow(/the time list reaches ring slot 1, met before in the time list/)
  })

  it('a block that counts as applied, over a segment that is not sacked', () => {
    const scenario = busy()
    const { config, state } = scenario.host
    const at = planLayout(config).connections + tcbRecord.offsets.sackCache
    state[at] = ((state[at] as number) - 1448) | 0
    expect(() => check(scenario)).toThrow(/ring slot 3 lies within the applied block/)
  })

  it('a FIN before the end', () => {
    const scenario = busy()
    const { config, state } = scenario.host
    const second = planLayout(config).segments + segmentRecord.words
    state[second + segmentRecord.offsets.marks] = SegmentMark.fin
    expect(() => check(scenario)).toThrow(/ring slot 1 has a FIN, and is not the last/)
  })

  it('a wake-up that comes after a deadline', () => {
    const scenario = busy()
    const { config, state } = scenario.host
    const at = planLayout(config).senders + senderRecord.offsets.deadline
    state[at] = (state[at] as number) + 10_000_000
    expect(() => check(scenario)).toThrow(/timer \w+ is due at \d+, and woken at \d+/)
  })

  it.each([
    ['pendingHead', /at rest, and sender 0 may have something to emit/],
    ['freeHead', /connection 0 is free in state 3/],
    ['timedSenders', /is at place 2 of a heap of 1/],
  ] as const)('the global %s', (field, message) => {
    const scenario = busy()
    scenario.host.state[globalRecord.offsets[field]] = 1
    expect(() => check(scenario)).toThrow(message)
  })
})
