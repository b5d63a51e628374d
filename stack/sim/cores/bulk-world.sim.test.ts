import { expect, test } from 'vitest'
import type { StrategyOption } from '../../strategy/options.ts'
import { BulkWorld } from './bulk-world.ts'
import { drawCosts, exactly, freeCosts } from './costs.ts'

const costs = freeCosts()
const quantities = { ...costs.quantities }
for (const [name, nanos] of [
  ['applyAckNanos', 800],
  ['segmentNanos', 400],
  ['writeNanos', 3000],
  ['readNanos', 1000],
  ['readEmptyNanos', 700],
  ['pollNanos', 60],
  ['idleNanos', 100],
] as const) {
  quantities[name] = exactly(nanos)
}

const strategies: StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 3 },
  { kind: 'locked', workers: 3 },
  { kind: 'sharded', workers: 2 },
  { kind: 'sharded', workers: 3 },
  { kind: 'pipelined', workers: 4 },
]

test.each(strategies)('%o applies the frames of a connection in the order in which they came', (strategy) => {
  const { bytes, refusedAsOld, divergences } = new BulkWorld({
    costs: drawCosts({ ...costs, quantities }),
    strategy,
    payloadWork: 'checksum',
    cores: 8,
    seed: 1,
    warmupBytes: 10e6,
    measuredBytes: 20e6,
  }).run()
  expect(bytes).toBeGreaterThan(15e6)
  expect(refusedAsOld).toBe(0)
  expect(divergences).toBe(0)
})
