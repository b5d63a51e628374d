/** Rough transfers between whole hosts (`make soak` runs 100,000): every byte, equal digests, every invariant. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainHabits, smoothScenario, type Write } from '../../protocol/testing/rough-scenario.ts'
import { simulateRough } from '../testing/rough-simulation.ts'
import { hostCases, propertyOf } from '../testing/soak-cases.ts'

test.each(hostCases.map((each) => [each.name, each] as const))(
  'short rough transfers end, with every byte and every invariant: %s',
  (_, each) => {
    fc.assert(propertyOf(each), { seed: 1, numRuns: 60 })
  },
)

const writes: readonly Write[] = [
  { from: 'left', afterMicros: 0, bytes: 30_000 },
  { from: 'right', afterMicros: 50_000, bytes: 30_000 },
]

test('a stalled replica delays a transfer, and its digests are compared', () => {
  const strategy = { kind: 'replicated', replicas: 2 } as const
  const smooth = simulateRough({ ...smoothScenario, writes }, [strategy, strategy])
  const stalls = [3, 4, 5, 6, 7, 8, 9].map((wake) => ({ host: 'left' as const, wake, micros: 30_000 }))
  const late = simulateRough({ ...smoothScenario, writes, stalls }, [strategy, strategy])
  expect(late.virtualMicros).toBeGreaterThan(smooth.virtualMicros)
  expect(late.digestsCompared).toBeGreaterThan(0)
})

test('a lost frame is sent again, a smooth way needs nothing twice', () => {
  const strategy = { kind: 'sequential' } as const
  const fates = [{ from: 'left', frame: 6, fate: 'lost', micros: 0 }] as const
  const outcome = (changes: object) =>
    simulateRough({ ...smoothScenario, writes, ...changes }, [strategy, strategy]).retransmits
  expect(outcome({})).toBe(0)
  expect(outcome({ fates })).toBe(1)
})

test('a device cuts what the stack sends at once, and merges what arrives together', () => {
  const strategy = { kind: 'replicated', replicas: 2 } as const
  const config = { superFrameBytes: 65_455 }
  const outcome = (habits: { readonly cuts?: boolean; readonly merges?: boolean }) =>
    simulateRough(
      {
        ...smoothScenario,
        config,
        spacingMicros: 0,
        left: { ...plainHabits, ...habits },
        right: { ...plainHabits, ...habits },
        writes,
      },
      [strategy, strategy],
    )
  const apart = outcome({})
  // Nobody can tell who cut.
  expect(outcome({ cuts: true })).toEqual(apart)
  const merged = outcome({ cuts: true, merges: true })
  expect(merged.segmentsIn).toBeLessThan(apart.segmentsIn / 2)
  expect(merged.retransmits).toBe(0)
})

test('a path that gets narrower on the way is adapted to', () => {
  const strategy = { kind: 'replicated', replicas: 2 } as const
  const pathMtus = [{ from: 'left', frame: 5, mtuBytes: 1000 }] as const
  const frames = (changes: object) =>
    simulateRough({ ...smoothScenario, writes, ...changes }, [strategy, strategy]).frames
  expect(frames({ pathMtus })).toBeGreaterThan(frames({}) + 5)
})
