import { describe, expect, test } from 'vitest'
import type { MicroprotocolName } from '../protocol/ctp/composition.ts'
import type { StrategyOption } from './options.ts'
import { sendMessages } from './testing/message-world.ts'

const sequential: StrategyOption = { kind: 'sequential' }
const strategies: readonly StrategyOption[] = [
  sequential,
  ...[1, 2, 4].map((replicas): StrategyOption => ({ kind: 'replicated', replicas })),
  { kind: 'replicated', replicas: 2, emission: 'ordered' },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 4 },
]

const sets: readonly (readonly MicroprotocolName[])[] = [
  [],
  ['numbering'],
  ['numbering', 'ordering'],
  ['numbering', 'reliability'],
  ['numbering', 'ordering', 'reliability'],
  ['numbering', 'reliability', 'congestion'],
  ['numbering', 'ordering', 'reliability', 'congestion'],
]

const rough = {
  lossProbability: 0.05,
  duplicationProbability: 0.05,
  corruptionProbability: 0.05,
  reorderProbability: 0.1,
  reorderDelayMicros: 2000,
}

/** Fewer in the test than in a soak: `SOAK=1`. */
const seeds = Array.from({ length: process.env.SOAK === undefined ? 2 : 50 }, (_, k) => k + 1)
const count = 300

describe.each(strategies)('messages under %o', (strategy) => {
  test.each(sets.map((set) => [set]))(
    'of %j arrive over a rough link as the set promises',
    (microprotocols) => {
      for (const seed of seeds) {
        const far = seed % 2 === 0 ? sequential : strategy
        const outcome = sendMessages({
          seed,
          strategies: [strategy, far],
          microprotocols,
          count,
          link: rough,
        })
        expect({ seed, problems: outcome.problems }).toEqual({ seed, problems: [] })
        // Nothing but reliability slows the sender, which is faster than the receiver.
        expect(outcome.received.length).toBeGreaterThan(count / 3)
        if (microprotocols.includes('reliability')) expect(outcome.again).toBeGreaterThan(0)
        else {
          expect(outcome.again).toBe(0)
          expect(outcome.received.length).toBeLessThan(count * 1.1)
        }
        if (microprotocols.includes('numbering')) expect(outcome.duplicates).toBeGreaterThan(0)
        expect(outcome.digestsCompared > 0).toBe([strategy, far].some(({ kind }) => kind === 'replicated'))
      }
    },
  )

  test.each(sets.map((set) => [set]))(
    'of %j all arrive over a link that does them no harm, once',
    (microprotocols) => {
      const { problems, received, again, missing } = sendMessages({
        seed: 3,
        strategies: [strategy, strategy],
        microprotocols,
        count: 100,
        payloadWork: 'cipher',
      })
      expect(problems).toEqual([])
      expect(received.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, k) => k))
      expect({ again, missing }).toEqual({ again: 0, missing: 0 })
    },
  )
})

test('what ordering gives up without reliability is counted, all of it', () => {
  for (const seed of seeds) {
    const { received, missing } = sendMessages({
      seed,
      strategies: [sequential, sequential],
      microprotocols: ['numbering', 'ordering'],
      count,
      link: { lossProbability: 0.1 },
    })
    expect(received.length + missing).toBe((received.at(-1) as number) + 1)
    expect(missing).toBeGreaterThan(0)
  }
})

test('the same seed gives the same run', () => {
  const strategy: StrategyOption = { kind: 'replicated', replicas: 2 }
  const microprotocols = ['numbering', 'ordering', 'reliability', 'congestion'] as const
  const run = () =>
    sendMessages({ seed: 9, strategies: [strategy, strategy], microprotocols, count: 100, link: rough })
  expect(run()).toEqual(run())
})
