/** `list`, `show` and `new`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { loadExperiments } from '../../matrix/load.ts'
import { fakeRun } from '../../testing/fake-run.ts'
import { placedCells, temporaryFolder } from '../../testing/fixtures.ts'
import { experimentsFolder, projectFolder } from '../paths.ts'
import { formatList } from './list.ts'
import { writeExperiment } from './new.ts'
import { formatExperiment } from './show.ts'

/** What `new` writes, loaded from a folder outside of the project. */
async function newExperiment(id: string) {
  const folder = await temporaryFolder()
  const path = await writeExperiment(folder, id)
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace("'../harness/", `'${projectFolder}harness/`))
  return { folder, text, experiments: await loadExperiments(folder) }
}

test('a new experiment is valid as it is written', async () => {
  const { experiments } = await newExperiment('my-question')
  expect(experiments).toMatchObject([{ id: 'my-question', title: 'My question' }])
})

test('it names every field that an experiment must have', async () => {
  const { text } = await newExperiment('my-question')
  for (const field of [
    'id',
    'title',
    'question',
    'claim',
    'topology',
    'workload',
    'cells',
    'verdict',
    'rounds',
  ])
    expect(text).toMatch(new RegExp(`^  ${field}: `, 'm'))
})

test('an experiment that exists is never overwritten', async () => {
  const { folder, text } = await newExperiment('mine')
  await expect(writeExperiment(folder, 'mine')).rejects.toThrow('There is an experiment "mine" already')
  expect(await readFile(join(folder, 'mine.ts'), 'utf8')).toContain(text.slice(-100))
})

test.each(['My Question', '../up', 'a--b', ''])('%j is refused as an id', async (id) => {
  await expect(writeExperiment(await temporaryFolder(), id)).rejects.toThrow('cannot be the id')
})

test('the list names every experiment with its question and its samples', async () => {
  const experiments = await loadExperiments(experimentsFolder)
  const lines = stripVTControlCharacters(formatList(experiments)).split('\n')
  expect(lines).toHaveLength(3 * experiments.length)
  for (const { id, question } of experiments) {
    const at = lines.findIndex((line) => line.startsWith(`${id} `))
    expect(lines[at + 1]?.trim()).toBe(question)
    expect(lines[at + 2]).toMatch(/\d+ cells, \d+( to \d+)? samples, \d+ in a quick run/)
  }
})

test('an experiment is shown with its cells, and what it took here before', () => {
  const [experiment] = fakeRun().manifest.experiments
  if (experiment === undefined) throw new Error('no experiment')
  const shown = (effort?: Parameters<typeof formatExperiment>[2]) =>
    stripVTControlCharacters(formatExperiment(experiment, 'full', effort))
  expect(shown()).toContain('49, of 7 cells')
  expect(shown()).toContain(
    'takes      not known before its first run here: make reproduce PROFILE=quick EXPERIMENT=small',
  )
  const effort = { run: 'R', profile: 'quick', millisPerSample: 2000, bytesPerSample: 2 ** 20 } as const
  expect(shown(effort)).toContain('takes      about 2 min and 49 MiB in reports/, as in run R, a quick one')
  for (const { id } of experiment.cells) expect(shown()).toContain(`    ${id} `)
})

test('a cell that this machine cannot run is shown with the reason, and no sample of it is counted', () => {
  const { experiments } = fakeRun({ definition: { cells: placedCells, baselines: ['sequential'] } }).manifest
  const [experiment] = experiments
  if (experiment === undefined) throw new Error('no experiment')
  const shown = stripVTControlCharacters(formatExperiment(experiment, 'full'))
  expect(shown).toContain('samples    28, of 4 cells')
  expect(shown).toMatch(
    /replicated-n4-checksum-placement-apart-tap .* not measured here: 4 threads a core each need 4 cores, and this machine has 2$/,
  )
  expect(shown.match(/not measured here/g)).toHaveLength(1)
  expect(stripVTControlCharacters(formatList(experiments))).toContain('4 cells, 28 samples, 8 in a quick run')
})
