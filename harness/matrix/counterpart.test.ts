import { describe, expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { counterpartOf } from './counterpart.ts'
import type { Definition, Experiment } from './experiment.ts'
import { resolveDefinition, validate } from './load.ts'

const crossover = {
  kind: 'crossover',
  factor: 'connections',
  of: 'replicated',
  over: 'locked',
  aheadAt: 'first',
  refutableFromCores: 3,
} as const

const payloadWork: ['checksum'] = ['checksum']
const cells: Definition['cells'] = [
  { strategy: ['sequential'], payloadWork, connections: [1, 8] },
  { strategy: ['replicated'], replicas: [1, 2], payloadWork, connections: [1, 8], chunk: [4] },
  { strategy: ['locked'], replicas: [1, 2], payloadWork, connections: [1, 8], lock: ['spin'] },
]

function load(changes: object): Experiment {
  const candidate = { ...smallDefinition, cells, verdict: crossover, ...changes }
  return resolveDefinition('small.ts', validate('small.ts', candidate))
}

const pairsOf = ({ verdict, cells }: Experiment) =>
  cells.flatMap((cell) => {
    const other = counterpartOf(verdict, cell, cells)
    return other === undefined ? [] : [[cell.id, other.id]]
  })

test('a cell of the other strategy agrees in the factors that both have, and in no others', () => {
  expect(pairsOf(load({}))).toEqual([
    ['replicated-n1-checksum-chunk-4-c1-tap', 'locked-n1-checksum-lock-spin-c1-tap'],
    ['replicated-n1-checksum-chunk-4-c8-tap', 'locked-n1-checksum-lock-spin-c8-tap'],
    ['replicated-n2-checksum-chunk-4-c1-tap', 'locked-n2-checksum-lock-spin-c1-tap'],
    ['replicated-n2-checksum-chunk-4-c8-tap', 'locked-n2-checksum-lock-spin-c8-tap'],
  ])
})

test('the sequential stack has no replicas: it is the counterpart of any number', () => {
  expect(pairsOf(load({ verdict: { ...crossover, over: 'sequential' } })).map(([, other]) => other)).toEqual([
    'sequential-checksum-c1-tap',
    'sequential-checksum-c8-tap',
    'sequential-checksum-c1-tap',
    'sequential-checksum-c8-tap',
  ])
})

test('a contrast of strategies compares cells that agree in the factors that both have', () => {
  const sizes = { checksum: 1000, copy: 1000, gvisor: 1000 }
  const verdict = { kind: 'contrast', factor: 'strategy', of: 'sequential', over: 'gvisor', atLeast: 1 }
  const experiment = load({
    workload: { ...smallDefinition.workload, transferBytes: sizes, warmupBytes: sizes },
    cells: [
      { strategy: ['sequential'], payloadWork: ['checksum', 'copy'], offload: ['off', 'on'] },
      { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], offload: ['off'] },
      { strategy: ['gvisor'], offload: ['off', 'on'] },
    ],
    baselines: ['sequential'],
    verdict,
  })
  expect(pairsOf(experiment)).toEqual([
    ['sequential-checksum-offload-off-tap', 'gvisor-offload-off-tap'],
    ['sequential-checksum-offload-on-tap', 'gvisor-offload-on-tap'],
    ['sequential-copy-offload-off-tap', 'gvisor-offload-off-tap'],
    ['sequential-copy-offload-on-tap', 'gvisor-offload-on-tap'],
  ])
})

describe('a crossover is refused, naming file, field and remedy', () => {
  test.each([
    [
      'with a strategy that has no cell',
      { verdict: { ...crossover, over: 'pipelined' } },
      'small.ts: verdict.over: cell "replicated-n1-checksum-chunk-4-c1-tap" has no counterpart with strategy "pipelined" (list cells with strategy "replicated" and "pipelined"',
    ],
    [
      'of a strategy that has no cell',
      { verdict: { ...crossover, of: 'sharded' } },
      'small.ts: verdict.of: no cell has strategy "sharded"',
    ],
    [
      'with two cells of the other strategy',
      { cells: [...cells, { ...cells[2], lock: ['ticket'] }] },
      'small.ts: verdict.over: cell "replicated-n1-checksum-chunk-4-c1-tap" has 2 counterparts with strategy "locked"',
    ],
    [
      'along a factor that does not vary',
      { verdict: { ...crossover, factor: 'payloadWork' } },
      'small.ts: verdict.factor: all cells of strategy "replicated" have the same payloadWork (list two or more values',
    ],
    [
      'along the strategies',
      { verdict: { ...crossover, factor: 'strategy' } },
      'small.ts: verdict.factor: unknown value "strategy" (use one of "replicas"',
    ],
  ])('%s', (_, changes, said) => {
    expect(() => load(changes)).toThrow(said)
  })
})
