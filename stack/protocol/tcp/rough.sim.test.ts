/** Short transfers between threads that run late, over a path that loses, delays, duplicates and merges frames. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { roughScenario } from '../testing/rough-arbitrary.ts'
import { smoothScenario } from '../testing/rough-scenario.ts'
import { roughTransfer } from '../testing/rough-transfer.ts'

it('short rough transfers end, with every byte and every invariant', () => {
  fc.assert(
    fc.property(roughScenario, (scenario) => {
      roughTransfer(scenario)
    }),
    { seed: 1, numRuns: 4_000 },
  )
})

it('the same record gives the same run', () => {
  for (const scenario of fc.sample(roughScenario, { seed: 2, numRuns: 20 })) {
    const run = () => {
      try {
        const { elapsedMicros, transmitted, wakes } = roughTransfer(scenario)
        return { elapsedMicros, transmitted, wakes }
      } catch (error) {
        return String(error)
      }
    }
    expect(run()).toEqual(run())
  }
})

it('a thread that is late takes all that waits with one time stamp, and drops superseded ACKs', () => {
  const writes = [{ from: 'left', afterMicros: 0, bytes: 40_000 }] as const
  const stalls = [{ host: 'left', wake: 6, micros: 30_000 }] as const
  const left = { ...smoothScenario.left, dropsSuperseded: true }
  const smooth = roughTransfer({ ...smoothScenario, writes })
  const late = roughTransfer({ ...smoothScenario, writes, stalls, left })
  expect(late.left.counters.segmentsIn).toBeLessThan(smooth.left.counters.segmentsIn)
  expect(late.elapsedMicros).toBeGreaterThan(30_000)
  expect(smooth.elapsedMicros).toBeLessThan(30_000)
})

it('a device that merges makes one segment of those that wait together', () => {
  const scenario = {
    ...smoothScenario,
    spacingMicros: 0,
    writes: [{ from: 'left', afterMicros: 0, bytes: 40_000 }],
  } as const
  const apart = roughTransfer(scenario)
  const merged = roughTransfer({ ...scenario, right: { ...scenario.right, merges: true } })
  expect(apart.right.counters.segmentsIn).toBeGreaterThan(40_000 / 1460)
  expect(merged.right.counters.segmentsIn).toBeLessThan(15)
})

it('a corrupted segment is refused and sent again', () => {
  const { left, right } = roughTransfer({
    ...smoothScenario,
    writes: [{ from: 'left', afterMicros: 0, bytes: 40_000 }],
    fates: [{ from: 'left', frame: 5, fate: 'corrupted', micros: 0 }],
  })
  expect(right.counters.badVerdicts).toBe(1)
  expect(left.counters.retransmits).toBe(1)
})

it('a path that gets narrower is adapted to, also if the router is not heard at first', () => {
  const scenario = {
    ...smoothScenario,
    writes: [{ from: 'left', afterMicros: 0, bytes: 40_000 }],
    pathMtus: [{ from: 'left', frame: 5, mtuBytes: 1000 }],
  } as const
  expect(roughTransfer(scenario).left.counters.icmpErrorsIn).toBeGreaterThan(0)
  // The router's messages are frames of the other direction, beside the ACKs.
  const fates = Array.from(
    { length: 20 },
    (_, k) => ({ from: 'right', frame: 1 + k, fate: 'lost', micros: 0 }) as const,
  )
  expect(roughTransfer({ ...scenario, fates }).left.counters.timeouts).toBeGreaterThan(0)
})
