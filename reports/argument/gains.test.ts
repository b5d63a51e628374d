import { expect, test } from 'vitest'
import type { Definition } from '../../harness/matrix/experiment.ts'
import { resolveDefinition } from '../../harness/matrix/load.ts'
import { summarize } from '../../harness/result/summary.ts'
import { fakePredictedRun, fakeRun, halfTaken, measuring } from '../../harness/testing/fake-run.ts'
import { smallDefinition } from '../../harness/testing/fixtures.ts'
import { communicationOf } from './communication.ts'
import { type Type, typesOf } from './gains.ts'
import { countOutcomes, outcomeOf } from './outcome.ts'

type FakeRun = ReturnType<typeof fakeRun>

function typesIn({ manifest, samples, predictions }: FakeRun): Type[] {
  return typesOf(manifest.experiments, summarize(manifest, samples, predictions))
}

test('a type of communication follows from workload and factors, its payload work included', () => {
  const types = typesIn(fakeRun())
  expect(types.map(({ title, connections }) => [title, connections])).toEqual([
    ['Bulk send', 1],
    ['Bulk send, cipher', 1],
  ])
})

test.each([
  [{ direction: 'receive' as const }, 'Bulk receive'],
  [{ connections: 1024 }, '1,024 connections'],
  [{ peer: 'sequential' }, 'Stack to stack'],
  [{ peer: 'replicated-2' }, 'Replicas at both ends'],
  [{ disturbance: 'kill' as const }, undefined],
  [{ impairment: { delayMicros: 1 } }, undefined],
  [{ impairment: {} }, 'Bulk send'],
  [{ offload: 'off' as const }, 'Bulk send'],
  [{ offload: 'on' as const, payloadWork: 'cipher' as const }, 'Bulk send, cipher, offloads'],
])('a bulk transfer with %j is %s', (factors, title) => {
  const experiment = resolveDefinition('small.ts', smallDefinition)
  const all = { strategy: 'replicated', topology: 'tap', payloadWork: 'checksum', ...factors } as const
  expect(communicationOf(experiment, all)?.title).toBe(title)
})

test('the plainest configuration stands for its type, whatever was measured', () => {
  const cells: Definition['cells'] = [
    { strategy: ['replicated'], replicas: [2, 3], payloadWork: ['checksum'], emission: ['ordered'] },
    { strategy: ['replicated'], replicas: [1, 2, 3], payloadWork: ['checksum'] },
    { strategy: ['sequential'], payloadWork: ['checksum'] },
  ]
  const run = fakeRun({
    definition: { cells },
    sample: (sample) => {
      const { emission, replicas = 1 } = sample.factors
      return measuring(sample, { goodputMbps: emission === 'ordered' ? 900 : 100 * replicas })
    },
  })
  const [type] = typesIn(run)
  const [plain, ordered] = type?.by.get('replicated')?.all ?? []
  expect(plain?.cell.factors).toMatchObject({ replicas: 3 })
  expect(plain?.cell.factors.emission).toBeUndefined()
  expect(plain?.interval?.median).toBeCloseTo(3, 6)
  expect(ordered?.interval?.median).toBeCloseTo(9, 6)
  expect(type?.by.get('single replica')?.all).toHaveLength(1)
})

test('types of several connections come last, the fewest first', () => {
  const connections = [6, 2, 1]
  const cells: Definition['cells'] = [
    { strategy: ['sequential'], payloadWork: ['checksum', 'cipher'], connections },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum', 'cipher'], connections },
  ]
  expect(
    typesIn(fakeRun({ definition: { cells, baselines: ['sequential'] } })).map(({ title }) => title),
  ).toEqual([
    'Bulk send',
    'Bulk send, cipher',
    '2 connections',
    '2 connections, cipher',
    '6 connections',
    '6 connections, cipher',
  ])
})

test('a type that was not measured is still one', () => {
  const [type] = typesIn({ ...fakeRun(), samples: [] })
  const [gain] = type?.by.get('replicated')?.all ?? []
  expect(gain).toMatchObject({ interval: null, rounds: 0 })
})

test('samples that do not count make no gain', () => {
  const run = fakeRun({ sample: (sample) => ({ ...sample, interference: halfTaken }) })
  expect(typesIn(run).map(({ by }) => by.get('replicated')?.all[0]?.interval)).toEqual([null, null])
})

test('predictions with a processor for each thread belong to the type that they predict', () => {
  const predicted = typesIn(fakePredictedRun()).map(({ title, predicted: best }) => [title, best?.replicas])
  expect(predicted).toEqual([
    ['Bulk send', 64],
    ['Bulk send, cipher', 64],
  ])
  expect(typesIn(fakeRun()).map(({ predicted: best }) => best)).toEqual([null, null])
})

test('an outcome needs rounds, and an interval that leaves no doubt', () => {
  const gain = (low: number, high: number, rounds = 7) =>
    outcomeOf({ interval: { median: (low + high) / 2, low, high }, rounds })
  expect(gain(1.2, 1.3)).toBe('as claimed')
  expect(gain(1.2, 1.3, 2)).toBe('unclear')
  expect(gain(1.1, 1.2)).toBe('unclear')
  expect(gain(1.01, 1.1)).toBe('less')
  expect(gain(0.8, 0.9)).toBe('slower')
  expect(outcomeOf({ interval: null, rounds: 0 })).toBe('unclear')
  expect(countOutcomes(typesIn(fakeRun()))).toEqual({ 'as claimed': 1, less: 0, slower: 0, unclear: 1 })
})
