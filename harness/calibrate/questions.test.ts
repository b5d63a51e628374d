import { expect, test } from 'vitest'
import { resolveDefinition } from '../matrix/load.ts'
import { smallDefinition, smallPlan } from '../testing/fixtures.ts'
import { checksOf, outlooksOf, questionsOf } from './questions.ts'

const effort = { seed: 1, draws: 3 }
const small = resolveDefinition('small.ts', smallDefinition)

test('every cell that is modelled is asked for, with the processors of the machine', () => {
  const checks = checksOf(small, 2, effort)
  expect(checks.map((check) => check.kind === 'check' && check.cell)).toEqual([
    'sequential-checksum-tap',
    'sequential-cipher-tap',
    'replicated-n1-checksum-tap',
    'replicated-n1-cipher-tap',
    'replicated-n2-checksum-tap',
    'replicated-n2-cipher-tap',
  ])
  expect(new Set(checks.map(({ processors }) => processors))).toEqual(new Set([2]))
})

test('other factors, other topologies, other strategies and other workloads are left out', () => {
  const { cells } = resolveDefinition('small.ts', {
    ...smallDefinition,
    cells: [
      { strategy: ['linux'], topology: ['veth'], offload: ['on'] },
      { strategy: ['replicated'], replicas: [1], payloadWork: ['cipher'], chunk: [4] },
      { strategy: ['sequential'], topology: ['veth-packet'], payloadWork: ['cipher'] },
    ],
    baselines: ['single-replica'],
    verdict: { kind: 'survival', gapMillis: 1 },
  })
  expect(checksOf({ cells, workload: small.workload }, 2, effort)).toEqual([])
  const receiving = { ...small.workload, direction: 'receive' } as typeof small.workload
  expect(checksOf({ ...small, workload: receiving }, 2, effort)).toEqual([])
})

test('beyond the machine, each thread has a processor, and so have application and peer', () => {
  const range = { strategies: ['sequential', 'locked'], payloadWork: ['cipher'], replicas: [1, 64] } as const
  expect(outlooksOf(range, effort)).toEqual([
    { kind: 'outlook', strategy: 'sequential', payloadWork: 'cipher', processors: 3, ...effort },
    { kind: 'outlook', strategy: 'locked', replicas: 1, payloadWork: 'cipher', processors: 3, ...effort },
    { kind: 'outlook', strategy: 'locked', replicas: 64, payloadWork: 'cipher', processors: 66, ...effort },
  ])
  expect(new Set(outlooksOf(range, effort, 8).map(({ processors }) => processors))).toEqual(new Set([8]))
})

test('a plan asks what can be checked first, and less in a quick run', () => {
  const planned = resolveDefinition('small.ts', { ...smallDefinition, predictions: smallPlan })
  const full = questionsOf(planned, 'full', 2, 7)
  expect(full.map(({ kind }) => kind)).toEqual([...Array(6).fill('check'), ...Array(10).fill('outlook')])
  expect(full.every(({ draws, seed }) => draws === 3 && seed === 7)).toBe(true)
  expect(questionsOf(planned, 'quick', 2, 7)).toHaveLength(6 + 6)
  expect(questionsOf(small, 'full', 2, 7)).toEqual([])
})
