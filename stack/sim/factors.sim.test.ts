/**
 * The factors of the replicated strategy, whole hosts at a time: whatever is chosen, every byte arrives once and in
 * order, and replicas stay equal. A failure names its seed and its factors.
 */
import { describe, expect, test } from 'vitest'
import type { ReplicationFactors, VerificationFactor } from '../strategy/factors.ts'
import type { StrategyOption } from '../strategy/options.ts'
import { type Overrides, simulateTransfer } from './transfer-simulation.ts'

type Chosen = Partial<ReplicationFactors>

const replicated = (replicas: number, factors: Chosen): StrategyOption => ({
  kind: 'replicated',
  replicas,
  ...factors,
})

function expectAllArrives(seed: number, replicas: number, factors: Chosen, overrides: Overrides = {}): void {
  const strategy = replicated(replicas, factors)
  const { problems } = simulateTransfer(seed, [strategy, strategy], true, overrides)
  expect({ seed, replicas, factors, overrides, problems }).toEqual({
    seed,
    replicas,
    factors,
    overrides,
    problems: [],
  })
}

const claims: readonly Chosen[] = [
  { claim: 'action', chunk: 1 },
  { claim: 'action', chunk: 4 },
  { claim: 'action', chunk: 64 },
  { claim: 'request' },
]
const ownerships = ['first', 'rotation'] as const
const verifications: readonly VerificationFactor[] = ['claimed', 'before', 'trusted']

const combinations = claims.flatMap((claim) => ownerships.map((ownership) => ({ ...claim, ownership })))

describe.each(combinations)('%o', (factors) => {
  test.each(verifications)('delivers every byte, with equal digests, verification %s', (verification) => {
    for (const replicas of [1, 2, 3]) {
      for (let seed = 1; seed <= 3; seed++) expectAllArrives(seed, replicas, factors, { verification })
    }
  })
})
