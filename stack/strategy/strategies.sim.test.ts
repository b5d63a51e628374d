import { expect, test } from 'vitest'
import type { StrategyOption } from './options.ts'
import { holdConnections } from './testing/compliance-world.ts'
import { describeStrategy } from './testing/strategy.compliance.ts'

describeStrategy({ kind: 'sequential' })
for (const count of [1, 2, 4]) {
  describeStrategy({ kind: 'replicated', replicas: count })
  describeStrategy({ kind: 'locked', workers: count })
  describeStrategy({ kind: 'sharded', workers: count })
  describeStrategy({ kind: 'pipelined', workers: count })
}
describeStrategy({ kind: 'pipelined', workers: 3 })

const plans = Array.from({ length: 8 }, (_, k) => ({
  number: k + 1,
  upBytes: 20_000,
  downBytes: 20_000,
  closesFirst: 'both' as const,
}))

/** A strategy that left everything to one thread would comply with all of the above. */
test.each<StrategyOption>([
  { kind: 'replicated', replicas: 2 },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
])('every thread of %o performs', (strategy) => {
  for (const { performed } of holdConnections(1, [strategy, strategy], plans).threads) {
    expect(performed).toBeGreaterThan(0)
  }
})

test('the same seed gives the same run', () => {
  for (const kind of ['locked', 'sharded', 'pipelined'] as const) {
    const strategy: StrategyOption = { kind, workers: 2 }
    const run = () => holdConnections(5, [strategy, strategy], plans)
    expect(run()).toEqual(run())
  }
})
