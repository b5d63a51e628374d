import { describe, expect, test } from 'vitest'
import type { StrategyOption } from '../../strategy/options.ts'
import { simulateTransfer } from '../testing/transfer-simulation.ts'

/** `make soak` runs all 10,000; the test a share of them, the same every time. */
const seedsPerStrategy = process.env.SOAK === undefined ? 60 : 2500

const sequential: StrategyOption = { kind: 'sequential' }
const replicated = (replicas: number): StrategyOption => ({ kind: 'replicated', replicas })

const pairs: readonly (readonly [StrategyOption, StrategyOption])[] = [
  [replicated(1), replicated(1)],
  [replicated(2), replicated(2)],
  [replicated(4), replicated(1)],
  [replicated(8), replicated(8)],
]

const timeoutMillis = 40 * 60_000

describe.each(pairs)('a lossy link between %o and %o', (near, far) => {
  test(
    'delivers every byte once and in order, with equal digests',
    () => {
      for (let k = 0; k < seedsPerStrategy; k++) {
        const seed = k * 4 + pairs.findIndex((pair) => pair[0] === near) + 1
        const outcome = simulateTransfer(seed, [near, far])
        expect({ seed, problems: outcome.problems }).toEqual({ seed, problems: [] })
        // Digests of several replicas, or of a single one and its witness.
        expect(outcome.digestsCompared).toBeGreaterThan(0)
      }
    },
    timeoutMillis,
  )
})

test('a sequential host speaks to a replicated one', () => {
  for (let seed = 1; seed <= 20; seed++) {
    expect(simulateTransfer(seed, [sequential, replicated(2)]).problems).toEqual([])
    expect(simulateTransfer(seed, [replicated(2), sequential]).problems).toEqual([])
  }
})

test('the same seed gives the same run', () => {
  const first = simulateTransfer(7, [replicated(2), replicated(2)])
  expect(simulateTransfer(7, [replicated(2), replicated(2)])).toEqual(first)
})

test('a link without impairments needs no retransmission, for all that replicas reorder', () => {
  const outcome = simulateTransfer(11, [replicated(4), replicated(4)], false)
  expect(outcome.problems).toEqual([])
  expect(outcome.outOfOrder).toBeGreaterThan(0)
  expect(outcome.retransmits).toBe(0)
})
