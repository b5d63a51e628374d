import { expect, test } from 'vitest'
import { experimentsFolder } from '../cli/paths.ts'
import type { Definition, Experiment } from '../matrix/experiment.ts'
import { loadExperiments, resolveDefinition } from '../matrix/load.ts'
import { roundsOf } from '../matrix/rounds.ts'
import { seedOfSample } from '../matrix/schedule.ts'
import { smallDefinition, smallPlan } from '../testing/fixtures.ts'
import { commonSeed, parseShardPlace, shardOf } from './divide.ts'
import { unitsOf } from './units.ts'

const resolve = (changes: Partial<Definition> = {}) =>
  resolveDefinition(`${changes.id ?? 'small'}.ts`, { ...smallDefinition, ...changes })
const small = resolve()
const planning = resolve({
  id: 'planning',
  cells: smallDefinition.cells.slice(0, 2),
  predictions: smallPlan,
  verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
})
const cellsOf = (experiments: readonly Pick<Experiment, 'id' | 'cells'>[]) =>
  experiments.flatMap(({ id, cells }) => cells.map((cell) => `${id} ${cell.id}`))
const shards = (experiments: readonly Experiment[], count: number) =>
  Array.from({ length: count }, (_, k) => shardOf(experiments, 'full', { index: k + 1, count }))

test('cells that are compared with each other are one unit; a reference to none is one alone', () => {
  const units = unitsOf([small], 'full').map(({ parts }) =>
    parts.flatMap(({ experiment, cells }) => cells.map(({ id }) => `${experiment.id} ${id}`)),
  )
  expect(units).toEqual([
    ['small sequential-checksum-tap', 'small replicated-n1-checksum-tap', 'small replicated-n2-checksum-tap'],
    ['small sequential-cipher-tap', 'small replicated-n1-cipher-tap', 'small replicated-n2-cipher-tap'],
    ['small linux-offload-on-veth'],
  ])
})

test('what a cost is counted on is in one unit with its counterpart', () => {
  const costly = resolve({
    cells: [
      {
        strategy: ['replicated'],
        replicas: [1, 2],
        payloadWork: ['checksum', 'cipher'],
        digests: ['on', 'off'],
      },
    ],
    baselines: ['single-replica'],
    verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 },
    rounds: { full: 7, quick: 2, target: 0.01 },
  })
  const [first, ...others] = unitsOf([costly], 'full').map(({ parts }) => parts.flatMap(({ cells }) => cells))
  expect(others).toHaveLength(1)
  expect(first?.map(({ factors }) => factors.payloadWork)).toEqual(Array(4).fill('checksum'))
})

test('all that asks the virtual cores shares a calibration, and so a unit', () => {
  const others = { ...planning, id: 'others' }
  const [first, ...rest] = unitsOf([small, planning, others], 'full')
  expect(first?.parts.map(({ experiment, cells }) => [experiment.id, cells.length])).toEqual([
    ['planning', 6],
    ['others', 6],
  ])
  expect(rest).toHaveLength(3)
})

test('the shards of this matrix share out every cell once, for any number of machines', async () => {
  const experiments = await loadExperiments(experimentsFolder)
  const all = cellsOf(experiments).sort()
  const most = unitsOf(experiments, 'full').length
  expect(most).toBeGreaterThan(20)
  for (let count = 1; count <= most; count += 1) {
    const parts = shards(experiments, count).map((part) => cellsOf(part.experiments))
    expect(parts.flat().sort()).toEqual(all)
    expect(parts.every((part) => part.length > 0)).toBe(true)
  }
})

test('no shard takes more samples than the mean by more than a unit', async () => {
  const experiments = await loadExperiments(experimentsFolder)
  const largest = Math.max(...unitsOf(experiments, 'full').map(({ samples }) => samples))
  const samplesOf = (some: readonly Experiment[]) =>
    some.reduce((sum, each) => sum + each.cells.length * roundsOf(each, 'full').fewest, 0)
  for (const part of shards(experiments, 4)) {
    expect(samplesOf(part.experiments)).toBeLessThanOrEqual(samplesOf(experiments) / 4 + largest)
  }
})

test('a sample has the same seed in a shard as in the whole', () => {
  const seeds = (experiments: readonly Experiment[]) =>
    experiments.flatMap((each) => each.cells.map((cell) => seedOfSample(5, each, cell, 1, 0)))
  expect(
    shards([small], 3)
      .flatMap((part) => seeds(part.experiments))
      .sort(),
  ).toEqual(seeds([small]).sort())
})

test('a shard knows the cells of the whole matrix', () => {
  const [, second] = shards([small], 3)
  expect(second?.shard).toEqual({ index: 2, count: 3, cells: { small: small.cells.map(({ id }) => id) } })
})

test('more shards than groups are refused, with how many there may be', () => {
  expect(() => shardOf([small], 'quick', { index: 1, count: 4 })).toThrow(
    /4 shards are too many[\s\S]*SHARD=i\/3 at most/,
  )
})

test('without a seed all shards have one in common, which follows from what is measured', () => {
  expect(commonSeed([resolve()], 'full')).toBe(commonSeed([small], 'full'))
  const others = [commonSeed([small], 'quick'), commonSeed([resolve({ title: 'Another' })], 'full')]
  expect(others).not.toContain(commonSeed([small], 'full'))
})

test.each(['0/3', '4/3', '3', '1/0', 'a/b', '1/3/2', '-1/3', '1.5/3', ''])('%j is no shard', (text) => {
  expect(parseShardPlace(text)).toBeUndefined()
})

test('a shard is its place and how many there are', () => {
  expect(parseShardPlace('2/3')).toEqual({ index: 2, count: 3 })
})
