import { expect, test } from 'vitest'
import { resolveOptions } from '../../socket/options.ts'
import type { StrategyOption } from '../options.ts'
import { strategyOf } from '../strategies.ts'

function slotsOf(strategy: StrategyOption, slotCount: number): number {
  const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
  const device = { kind: 'tap', name: 'none', descriptor: -1, capabilities } as const
  const parameters = resolveOptions({
    strategy,
    device,
    address: '10.0.0.1/24',
    connectionCount: 4,
    slotCount,
  })
  return strategyOf(parameters).plan(parameters).framework.channel.slotCount
}

test.each<StrategyOption>([
  { kind: 'sequential' },
  { kind: 'replicated', replicas: 2 },
  { kind: 'sharded', workers: 2 },
  { kind: 'pipelined', workers: 2 },
])('$kind has as many slots as it is given', (strategy) => {
  expect([256, 2048].map((slotCount) => slotsOf(strategy, slotCount))).toEqual([256, 2048])
})

test('a locked stack has as many as its threads need, whatever it is given', () => {
  const locked: StrategyOption = { kind: 'locked', workers: 2 }
  expect(slotsOf(locked, 256)).toBe(slotsOf(locked, 2048))
})
