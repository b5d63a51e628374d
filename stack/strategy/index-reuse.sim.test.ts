import { describe, expect, test } from 'vitest'
import type { StrategyOption } from './options.ts'
import { reuseIndex } from './testing/reuse-world.ts'

const clean = { foreignReceived: 0, foreignSent: 0, wasHeldUp: true, isDone: true }

const strategies: StrategyOption[] = [
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 1 },
  { kind: 'replicated', replicas: 2 },
  { kind: 'replicated', replicas: 2, claim: 'request' },
  { kind: 'replicated', replicas: 2, chunk: 4 },
  { kind: 'replicated', replicas: 2, ownership: 'rotation' },
  { kind: 'replicated', replicas: 2, emission: 'ordered' },
  { kind: 'locked', workers: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 2 },
  { kind: 'pipelined', workers: 3 },
  { kind: 'pipelined', workers: 4 },
]

describe.each(strategies)('a thread of %o is held up while its connection ends', (strategy) => {
  test('what it then copies is not seen by the next connection', () => {
    expect(reuseIndex(strategy, 'receive')).toEqual(clean)
  })

  test('what it then sends is not of the next connection', () => {
    expect(reuseIndex(strategy, 'send')).toEqual(clean)
  })
})

test('what a killed replica left to be copied is not seen by the next connection', () => {
  expect(reuseIndex({ kind: 'replicated', replicas: 2 }, 'receive', true)).toEqual(clean)
})
