import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeRun } from '../testing/fake-run.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { latestRun, readRun } from './store.ts'

async function folderOf(manifest: unknown, samples: string): Promise<string> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'samples.ndjson'), samples)
  return folder
}

const { manifest, samples } = fakeRun()
const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`)

test('a run is read as it was written', async () => {
  const run = await readRun(await folderOf(manifest, lines.join('')))
  expect(run.manifest).toEqual(manifest)
  expect(run.samples).toEqual(samples)
})

test('a line that a killed run did not finish is left out', async () => {
  const run = await readRun(await folderOf(manifest, `${lines[0]}${lines[1]?.slice(0, 50)}`))
  expect(run.samples).toHaveLength(1)
})

test('a damaged line is an error that names it', async () => {
  const folder = await folderOf(manifest, `${lines[0]}{"broken"\n${lines[1]}`)
  await expect(readRun(folder)).rejects.toThrow(/samples\.ndjson, line 2 is not JSON/)
})

test('a sample with a field too many is an error', async () => {
  const folder = await folderOf(manifest, `${JSON.stringify({ ...samples[0], extra: 1 })}\n`)
  await expect(readRun(folder)).rejects.toThrow(/line 1 does not fit its schema[\s\S]*extra/)
})

test('a run of another schema version is refused, saying so', async () => {
  const folder = await folderOf({ ...manifest, schemaVersion: 99 }, '')
  await expect(readRun(folder)).rejects.toThrow(/schema version 99; this code reads version 3/)
})

test('where there is no run, the reader is told to make one', async () => {
  await expect(latestRun(await temporaryFolder())).rejects.toThrow(/There is no run yet[\s\S]*make reproduce/)
})
