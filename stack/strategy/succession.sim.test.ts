import { expect, test } from 'vitest'
import type { StrategyOption } from './options.ts'
import { succeed } from './testing/succession-world.ts'

const total = process.env.SOAK === undefined ? 60 : 2000

test.each<StrategyOption>([
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 1 },
  { kind: 'replicated', replicas: 2 },
  { kind: 'replicated', replicas: 4, emission: 'ordered' },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 2 },
  { kind: 'pipelined', workers: 4 },
])('many connections come and go through a table of four, and %o leaves it empty', (strategy) => {
  expect(succeed(strategy, total)).toEqual({ ended: total, held: 0 })
})
