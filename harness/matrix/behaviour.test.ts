import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { complaintsAboutBehaviour } from './complaints/of-behaviour.ts'
import type { Definition } from './experiment.ts'
import { resolveDefinition } from './load.ts'

const resolve = (behaviour: Definition['behaviour']) =>
  resolveDefinition('small.ts', { ...smallDefinition, behaviour })

const sequential = { strategy: ['sequential' as const], payloadWork: ['checksum' as const] }

test('cells whose behaviour is shown are written like cells, and kept in order by their ids', () => {
  const [replicated] = smallDefinition.cells.filter(({ strategy }) => strategy.includes('replicated'))
  const one = { ...replicated, strategy: ['replicated' as const], replicas: [2] }
  const { behaviour, cells } = resolve([one, sequential])
  const ids = cells.map(({ id }) => id)
  for (const id of behaviour) expect(ids).toContain(id)
  expect(behaviour.at(-1)).toMatch(/^sequential/)
  expect(resolve(undefined).behaviour).toEqual([])
})

test('what is no cell, or no stack of ours, or too much, is refused with the field and the remedy', () => {
  const foreign = { strategy: ['replicated' as const], replicas: [7], payloadWork: ['checksum' as const] }
  expect(() => resolve([foreign])).toThrow(/behaviour[\s\S]*no cell is "replicated-n7/)
  const linux = smallDefinition.cells.find(({ strategy }) => strategy.includes('linux'))
  if (linux === undefined) throw new Error('the definition has no cell of Linux')
  expect(() => resolve([linux])).toThrow(/is of another stack/)
})

test('a workload without TCP has no behaviour to show', () => {
  const experiment = resolve([sequential])
  expect(complaintsAboutBehaviour(experiment)).toEqual([])
  const [complaint] = complaintsAboutBehaviour({ ...experiment, workload: { kind: 'channel' } as never })
  expect(complaint).toMatchObject({ path: ['behaviour'], remedy: 'leave it out' })
})
