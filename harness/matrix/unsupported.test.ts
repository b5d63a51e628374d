import { expect, test } from 'vitest'
import { questionsOf } from '../calibrate/questions.ts'
import { fakeRun } from '../testing/fake-run.ts'
import { placedCells, smallDefinition, smallPlan } from '../testing/fixtures.ts'
import type { Definition } from './experiment.ts'
import { resolveDefinition } from './load.ts'
import { cellsOfRound } from './schedule.ts'
import { markUnsupported } from './unsupported.ts'

function definedFor(cores: number, cells = placedCells) {
  const definition = { ...smallDefinition, cells, baselines: ['sequential' as const] }
  return markUnsupported(resolveDefinition('small.ts', definition), { cores })
}

const reasons = (cores: number) =>
  definedFor(cores).cells.flatMap(({ id, unsupported }) =>
    unsupported === undefined ? [] : [id, unsupported],
  )

test('a cell that needs more cores than there are has the reason, and no other cell has one', () => {
  expect(reasons(2)).toEqual([
    'replicated-n4-checksum-placement-apart-tap',
    '4 threads a core each need 4 cores, and this machine has 2',
  ])
  expect(reasons(1)).toHaveLength(2 * 3)
  expect(reasons(4)).toEqual([])
})

test('a stack that the machine lacks has the reason, and only its cells have', () => {
  const definition: Definition = {
    ...smallDefinition,
    workload: {
      ...smallDefinition.workload,
      transferBytes: { checksum: 1000, gvisor: 1000, linux: 1000 },
      warmupBytes: { checksum: 1000, gvisor: 1000, linux: 1000 },
    } as Definition['workload'],
    cells: [
      { strategy: ['sequential'], payloadWork: ['checksum'] },
      { strategy: ['gvisor'], offload: ['on', 'off'] },
      { strategy: ['linux'], topology: ['veth'] },
    ],
    baselines: ['sequential'],
  }
  const lacking = new Map([['gvisor', 'No compiler.']])
  const marked = markUnsupported(resolveDefinition('small.ts', definition), { cores: 2, lacking })
  expect(marked.cells.map(({ factors, unsupported }) => [factors.strategy, unsupported])).toEqual([
    ['sequential', undefined],
    ['gvisor', 'No compiler.'],
    ['gvisor', 'No compiler.'],
    ['linux', undefined],
  ])
})

test('a thread that only reads needs a core, too', () => {
  const [cell] = definedFor(2, [
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork: ['checksum'],
      placement: ['apart'],
      reader: ['dedicated'],
    },
    { strategy: ['sequential'], payloadWork: ['checksum'] },
  ]).cells
  expect(cell?.unsupported).toBe('3 threads a core each need 3 cores, and this machine has 2')
})

test('it is in no round, and all other cells are', () => {
  const experiment = definedFor(2)
  const round = cellsOfRound(experiment, 0, 1)
  expect(round).toHaveLength(experiment.cells.length - 1)
  expect(round.filter(({ unsupported }) => unsupported !== undefined)).toEqual([])
})

test('an experiment of which nothing can run here has empty rounds', () => {
  const experiment = definedFor(1, [
    { strategy: ['replicated'], replicas: [1, 2], payloadWork: ['checksum'], placement: ['apart'] },
    { strategy: ['sequential'], payloadWork: ['checksum'] },
  ])
  const none = {
    ...experiment,
    cells: experiment.cells.filter(({ unsupported }) => unsupported !== undefined),
  }
  expect(none.cells).toHaveLength(1)
  expect(cellsOfRound(none, 0, 1)).toEqual([])
})

test('the virtual cores are not asked to check it', () => {
  const { experiments } = fakeRun({
    definition: {
      cells: smallDefinition.cells.slice(0, 2),
      predictions: smallPlan,
      verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
    },
  }).manifest
  const [experiment] = experiments
  if (experiment === undefined) throw new Error('no experiment')
  const checks = (cells: typeof experiment.cells) =>
    questionsOf({ ...experiment, cells }, 'quick', 2, 1).filter(({ kind }) => kind === 'check').length
  const [first, ...others] = experiment.cells
  if (first === undefined) throw new Error('no cell')
  expect(checks([{ ...first, unsupported: 'no reason' }, ...others])).toBe(checks(experiment.cells) - 1)
})
