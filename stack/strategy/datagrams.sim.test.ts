import { describe, expect, test } from 'vitest'
import type { StrategyOption } from './options.ts'
import { echoDatagrams } from './testing/datagram-world.ts'

const sequential: StrategyOption = { kind: 'sequential' }
const strategies: readonly StrategyOption[] = [
  sequential,
  ...[1, 2, 4].flatMap((count): StrategyOption[] => [
    { kind: 'replicated', replicas: count },
    { kind: 'replicated', replicas: count, emission: 'ordered' },
    { kind: 'locked', workers: count },
    { kind: 'sharded', workers: count },
    { kind: 'pipelined', workers: count },
  ]),
]

/** Fewer in the test than in a soak: `SOAK=1`. */
const seeds = Array.from({ length: process.env.SOAK === undefined ? 3 : 50 }, (_, k) => k + 1)

/** Of 740 bytes each in the mean: nearly three times what a socket's buffer holds. */
const roundsOfBuffer = 1000

describe.each(strategies)('datagrams under %o', (strategy) => {
  test('come back as they were sent, all of them, though the buffers are used over and over', () => {
    for (const seed of seeds) {
      const { problems, returned } = echoDatagrams(
        seed,
        [strategy, seed % 2 === 0 ? sequential : strategy],
        roundsOfBuffer,
      )
      expect({ seed, problems }).toEqual({ seed, problems: [] })
      expect(returned).toBe(roundsOfBuffer)
    }
  })

  test('may be lost, doubled and late, and are then what they were', () => {
    for (const seed of seeds) {
      const { problems, returned } = echoDatagrams(seed, [strategy, strategy], 200, {
        lossProbability: 0.1,
        duplicationProbability: 0.1,
        reorderProbability: 0.2,
        reorderDelayMicros: 2000,
      })
      expect({ seed, problems }).toEqual({ seed, problems: [] })
      expect(returned).toBeGreaterThan(100)
    }
  })
})

test('the same seed gives the same run', () => {
  const strategy: StrategyOption = { kind: 'replicated', replicas: 2 }
  const run = () => echoDatagrams(9, [strategy, strategy], 100, { lossProbability: 0.1 })
  expect(run()).toEqual(run())
})
