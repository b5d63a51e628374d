import { describe, expect, test } from 'vitest'
import { simulateTransfer } from '../sim/transfer-simulation.ts'
import type { StrategyOption } from './options.ts'

const seeds = process.env.SOAK === undefined ? 12 : 1000

const options: StrategyOption[] = [
  { kind: 'locked', workers: 1 },
  { kind: 'locked', workers: 2, lock: 'ticket' },
  { kind: 'locked', workers: 4, lock: 'spin' },
  { kind: 'sharded', workers: 1 },
  { kind: 'sharded', workers: 2 },
  { kind: 'sharded', workers: 4 },
  { kind: 'pipelined', workers: 1 },
  { kind: 'pipelined', workers: 2 },
  { kind: 'pipelined', workers: 3 },
  { kind: 'pipelined', workers: 5 },
]

describe.each(options)('a lossy link at %o', (option) => {
  test('delivers every byte once and in order', () => {
    for (let seed = 1; seed <= seeds; seed++) {
      expect({ seed, problems: simulateTransfer(seed, [option, option]).problems }).toEqual({
        seed,
        problems: [],
      })
    }
  })
})
