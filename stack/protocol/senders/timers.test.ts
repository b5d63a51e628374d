import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { maximumGapMicros } from '../config.ts'
import { createMachine } from '../machine.ts'
import { Request } from '../requests.ts'
import { Core } from '../state/core.ts'
import { stateWords } from '../state/layout.ts'
import { newreno } from '../tcp/congestion/newreno.ts'
import { TestHost, testConfig } from '../testing/host.ts'
import { SenderInvariants } from '../testing/invariants/sender.ts'
import { Scenario } from '../testing/scenario.ts'
import { inert, type SenderKind } from './kind.ts'
import { senderKinds } from './kinds.ts'
import { numberSenders, type SenderName, senderNames } from './numbering.ts'
import { armSender, disarmSender, earliestDeadline, fireTimers, makeAllDue } from './timers.ts'

const config = { ...testConfig, connectionCount: 20 }
const { first } = numberSenders(config)
/** A sender of any kind. There are few, so that most are in the heap when they are disarmed. */
const sender = fc.oneof(
  { weight: 6, arbitrary: fc.nat(config.connectionCount - 1) },
  { weight: 1, arbitrary: fc.constantFrom(...senderNames.map((name) => first[name])) },
)

const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ arms: sender, inMicros: fc.integer({ min: 1, max: maximumGapMicros }) }),
  },
  { weight: 3, arbitrary: fc.record({ arms: sender, inMicros: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 4, arbitrary: fc.record({ disarms: sender }) },
  { weight: 1, arbitrary: fc.record({ passMicros: fc.integer({ min: 0, max: maximumGapMicros }) }) },
  { weight: 2, arbitrary: fc.record({ passMicros: fc.integer({ min: 0, max: 20 }) }) },
)

/** Kinds that only record the number of each sender that is fired. */
function watching(fired: number[]): Record<SenderName, SenderKind<Core>> {
  const watch = (name: SenderName): SenderKind<Core> => ({
    ...inert,
    fire: (core, index) => void fired.push(core.layout.firstSender[name] + index),
  })
  return Object.fromEntries(senderNames.map((name) => [name, watch(name)])) as Record<
    SenderName,
    SenderKind<Core>
  >
}

describe('the heap of senders that have a deadline', () => {
  it('fires as a sorted list would, wherever in the range of 32 bits time is', () => {
    fc.assert(
      fc.property(fc.array(deed, { minLength: 20, maxLength: 120 }), fc.integer(), (deeds, start) => {
        const fired: number[] = []
        const state = new Int32Array(stateWords(config))
        const core = new Core(
          config,
          new Int32Array(256),
          state,
          new ActionQueue(64),
          newreno,
          watching(fired),
        )
        core.globals.connectionsHigh = config.connectionCount
        core.globals.neighborsHigh = core.neighborLimit
        const invariants = new SenderInvariants(core)
        /** Deadline of each armed sender, in a time that does not wrap. */
        const expected = new Map<number, number>()
        let now = start
        core.now = now | 0
        for (const step of deeds) {
          if ('arms' in step) {
            const deadline = now + step.inMicros
            armSender(core, step.arms, deadline | 0)
            expected.set(step.arms, Math.min(deadline, expected.get(step.arms) ?? deadline))
          } else if ('disarms' in step) {
            disarmSender(core, step.disarms)
            expected.delete(step.disarms)
          } else {
            now += step.passMicros
            core.now = now | 0
            fireTimers(core)
            const due = [...expected].filter(([, deadline]) => deadline <= now)
            expect([...fired].sort()).toEqual(due.map(([number]) => number).sort())
            const deadlines = fired.map((number) => expected.get(number) as number)
            expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b))
            for (const [number] of due) expected.delete(number)
            fired.length = 0
          }
          invariants.check()
          expect(core.globals.timedSenders).toBe(expected.size)
          if (expected.size > 0) expect(earliestDeadline(core)).toBe(Math.min(...expected.values()) | 0)
        }
        makeAllDue(core)
        invariants.check()
        fireTimers(core)
        expect(fired.length).toBe(expected.size)
      }),
    )
  })
})

/** `count` connections wait for an answer to their SYN, each to send it again at a time of its own. */
function opening(count: number): TestHost {
  const host = new TestHost({ connectionCount: count, segmentCount: 2 })
  // Off: checking the invariants of so many connections after each request would take long.
  host.invariants = undefined
  host.learn()
  for (let index = 0; index < count; index += 1) {
    host.now += 100
    host.connect(80, 10_000 + index)
  }
  return host
}

/** How many connections the machine looks at in `firings` wake-ups. */
function visits(host: TestHost, firings: number): number {
  let visited = 0
  const { config, words, state, actions } = host
  const machine = createMachine(config, words, state, actions, {
    ...senderKinds,
    connection: {
      ...senderKinds.connection,
      fire(core, index) {
        visited += 1
        senderKinds.connection.fire(core, index)
      },
    },
  })
  for (let firing = 0; firing < firings; firing += 1) {
    host.now += machine.microsUntilDeadline(host.now)
    words[SlotWord.kind] = Request.tick
    words[SlotWord.time] = host.now
    machine.apply(0)
    expect(actions.count).toBe(1)
    actions.clear()
  }
  return visited
}

describe('what a timer costs', () => {
  it('does not grow with the connections: of 4,000, only the one whose timer is due is looked at', () => {
    expect(visits(opening(40), 40)).toBe(40)
    expect(visits(opening(4000), 40)).toBe(40)
  })

  it('does not grow with the ACKs that move it: the deadline in the heap stays where it was', () => {
    const scenario = Scenario.accepted().queues(100 * 1448)
    const { deadline } = scenario.host.sender(0)
    scenario.host.now += scenario.roundTripMicros
    for (let segment = 1; segment < 9; segment += 1) {
      scenario.host.now += 100
      scenario.acks(segment * 1448)
    }
    expect(scenario.tcb().timersArmed).not.toBe(0)
    expect(scenario.host.sender(0).deadline).toBe(deadline)
  })
})
