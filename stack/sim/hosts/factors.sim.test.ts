/**
 * The factors of the replicated strategy, whole hosts at a time: whatever is chosen, every byte arrives once and in
 * order, and replicas stay equal. A failure names its seed and its factors.
 */
import { describe, expect, test } from 'vitest'
import type { ReplicationFactors, VerificationFactor } from '../../strategy/factors.ts'
import type { StrategyOption } from '../../strategy/options.ts'
import { type Overrides, simulateTransfer } from '../testing/transfer-simulation.ts'

type Chosen = Partial<ReplicationFactors>

const replicated = (replicas: number, factors: Chosen): StrategyOption => ({
  kind: 'replicated',
  replicas,
  ...factors,
})

function expectAllArrives(seed: number, replicas: number, factors: Chosen, overrides: Overrides = {}): void {
  const strategy = replicated(replicas, factors)
  const { problems, digestsCompared } = simulateTransfer(seed, [strategy, strategy], true, overrides)
  const what = { seed, replicas, factors, overrides }
  expect({ ...what, problems }).toEqual({ ...what, problems: [] })
  if (replicas > 1) expect(digestsCompared).toBeGreaterThan(0)
}

const claims: readonly Chosen[] = [
  { claim: 'action', chunk: 1 },
  { claim: 'action', chunk: 4 },
  { claim: 'action', chunk: 64 },
  { claim: 'request' },
]
const ownerships = ['first', 'rotation'] as const
const emissions = ['relaxed', 'ordered'] as const
const readers = ['rotating', 'dedicated', 'per-queue'] as const
const verifications: readonly VerificationFactor[] = ['claimed', 'before', 'trusted']

const combinations = claims.flatMap((claim) =>
  ownerships.flatMap((ownership) =>
    emissions.flatMap((emission) =>
      readers.map((reader): Chosen => ({ ...claim, ownership, emission, reader })),
    ),
  ),
)

describe.each(combinations)('%j', (factors) => {
  test.each(verifications)('delivers every byte, with equal digests, verification %s', (verification) => {
    for (const replicas of [1, 2, 3]) {
      for (let seed = 1; seed <= 2; seed++) expectAllArrives(seed, replicas, factors, { verification })
    }
  })
})

test.each([8, 16, 1024, 4096])('a channel of %i slots delivers every byte', (slotCount) => {
  for (const emission of emissions) {
    for (const reader of readers) {
      for (let seed = 1; seed <= 3; seed++) {
        expectAllArrives(seed, 3, { emission, reader }, { slotCount, digestStride: 2 })
      }
    }
  }
})

test.each([0, 2, 16, 4096])(
  'with a digest every %i requests replicas are compared all the same',
  (digestStride) => {
    for (let seed = 1; seed <= 5; seed++) expectAllArrives(seed, 2, {}, { digestStride })
  },
)

describe('on a link that loses and reorders nothing', () => {
  const outOfOrder = (factors: Chosen) => {
    let sum = 0
    for (let seed = 1; seed <= 30; seed++) {
      const strategy = replicated(4, factors)
      const outcome = simulateTransfer(seed, [strategy, strategy], false)
      expect({ seed, problems: outcome.problems }).toEqual({ seed, problems: [] })
      sum += outcome.outOfOrder
    }
    return sum
  }

  test('replicas that transmit as they get done reorder segments', () => {
    expect(outOfOrder({ emission: 'relaxed' })).toBeGreaterThan(0)
  })

  test.each(combinations.filter(({ emission, reader }) => emission === 'ordered' && reader === 'rotating'))(
    'none arrives out of order with %j',
    (factors) => {
      expect(outOfOrder(factors)).toBe(0)
    },
  )
})
