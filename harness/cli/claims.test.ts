/** The claims of the report name experiments by their ids; only the command line sees both. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { groups, mainClaim, publishedGain } from '../../reports/argument/claims.ts'
import { loadExperiments } from '../matrix/load.ts'
import { experimentsFolder, projectFolder } from './paths.ts'

const experiments = await loadExperiments(experimentsFolder)
const claims = groups.flatMap((group) => group.claims.map((claim) => ({ group: group.name, ...claim })))
const named = claims.flatMap((claim) => claim.experiments)

test('claims name only experiments that exist', () => {
  const known = experiments.map(({ id }) => id)
  expect(named.filter((id) => !known.includes(id))).toEqual([])
})

test('every experiment of the project has one place in the argument', () => {
  const placed = (id: string) => named.filter((other) => other === id).length
  expect(experiments.filter(({ id }) => placed(id) !== 1).map(({ id }) => id)).toEqual([])
})

test.each(['README.md', 'experiments/README.md'])('%s has every experiment in a row of its table', (file) => {
  const rows = readFileSync(`${projectFolder}/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1])
  const isListed = (id: string) => rows.some((row) => row?.includes(`\`${id}\``))
  expect(experiments.map(({ id }) => id).filter((id) => !isListed(id))).toEqual([])
})

test('claims have identifiers of their own, and none is that of an experiment', () => {
  const ids = claims.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the published gain is what the experiments of the main claim are judged by', () => {
  const main = claims.find(({ id }) => id === mainClaim)
  const rules = experiments.filter(({ id }) => main?.experiments.includes(id)).map(({ verdict }) => verdict)
  expect(rules.length).toBeGreaterThan(3)
  for (const rule of rules) expect(rule).toMatchObject({ kind: 'speedup-range', ...publishedGain })
})
