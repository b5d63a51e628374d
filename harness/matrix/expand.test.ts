import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { baselineOf } from './baseline.ts'
import { expand } from './expand.ts'

const experiment = expand(smallDefinition)
const cellOf = (id: string) => {
  const cell = experiment.cells.find((candidate) => candidate.id === id)
  if (cell === undefined) throw new Error(`no cell ${id}`)
  return cell
}

test('a set becomes all combinations of its values, named after them', () => {
  expect(experiment.cells.map((cell) => cell.id)).toEqual([
    'sequential-checksum-tap',
    'sequential-cipher-tap',
    'replicated-n1-checksum-tap',
    'replicated-n1-cipher-tap',
    'replicated-n2-checksum-tap',
    'replicated-n2-cipher-tap',
    'linux-offload-on-veth',
  ])
})

test('a cell has the factors of its set, and the topology of the experiment where the set has none', () => {
  expect(cellOf('replicated-n2-cipher-tap').factors).toEqual({
    strategy: 'replicated',
    replicas: 2,
    payloadWork: 'cipher',
    topology: 'tap',
  })
  expect(cellOf('linux-offload-on-veth').factors).toEqual({
    strategy: 'linux',
    offload: 'on',
    topology: 'veth',
  })
})

test('sets that overlap give each cell once', () => {
  const twice = expand({ ...smallDefinition, cells: [...smallDefinition.cells, ...smallDefinition.cells] })
  expect(twice.cells).toEqual(experiment.cells)
})

test('a replicated cell is compared with the sequential cell of the same payload work', () => {
  const baseline = baselineOf('sequential', cellOf('replicated-n2-cipher-tap'), experiment.cells)
  expect(baseline?.id).toBe('sequential-cipher-tap')
})

test('a replicated cell is compared with one replica of the same factors', () => {
  const baseline = baselineOf('single-replica', cellOf('replicated-n2-checksum-tap'), experiment.cells)
  expect(baseline?.id).toBe('replicated-n1-checksum-tap')
})

test('factors that the sequential stack does not have do not keep it from being the baseline', () => {
  const ordered = expand({
    ...smallDefinition,
    cells: [
      { strategy: ['sequential'], payloadWork: ['cipher'] },
      {
        strategy: ['replicated'],
        replicas: [1, 2],
        payloadWork: ['cipher'],
        emission: ['relaxed', 'ordered'],
      },
    ],
  })
  const cell = ordered.cells.find(({ factors }) => factors.emission === 'ordered' && factors.replicas === 2)
  if (cell === undefined) throw new Error('no ordered cell')
  expect(baselineOf('sequential', cell, ordered.cells)?.id).toBe('sequential-cipher-tap')
  expect(baselineOf('single-replica', cell, ordered.cells)?.factors).toMatchObject({
    replicas: 1,
    emission: 'ordered',
  })
})

test('the Linux reference has no baseline, and the sequential stack no single replica', () => {
  expect(baselineOf('sequential', cellOf('linux-offload-on-veth'), experiment.cells)).toBeUndefined()
  expect(baselineOf('single-replica', cellOf('sequential-cipher-tap'), experiment.cells)).toBeUndefined()
})
