import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HarnessError } from '../error.ts'
import type { Definition } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import { latestRun } from '../result/store.ts'
import { FakePredictor } from '../testing/fake-predictor.ts'
import { FakeSampler } from '../testing/fake-sampler.ts'
import { machine, smallDefinition, smallPlan, temporaryFolder } from '../testing/fixtures.ts'
import { LineProgress } from './progress.ts'
import { findUnfinished } from './resume.ts'
import { runExperiments } from './run.ts'

const source = { commit: 'c0ffee', dirty: false, changes: null }

/** Runs the small experiment as `reproduce` does: on with what is unfinished, until `samples` more are taken. */
async function session(
  reports: string,
  {
    stopAfter = Number.POSITIVE_INFINITY,
    seed = 7,
    changes = {} as Partial<Definition>,
    predictor = new FakePredictor(),
  } = {},
) {
  const experiments = [resolveDefinition(`${changes.id ?? 'small'}.ts`, { ...smallDefinition, ...changes })]
  const { run: unfinished, remark } = await findUnfinished(reports, {
    experiments,
    profile: 'quick',
    seed: undefined,
    machine,
    source,
    records: false,
  })
  const controller = new AbortController()
  const lines: string[] = []
  const taken: string[] = []
  const sampler = new FakeSampler({
    async take(cell, round) {
      if (taken.length === stopAfter) controller.abort()
      else taken.push(`${cell.id} ${round}`)
      return undefined
    },
  })
  const result = await runExperiments({
    experiments,
    profile: 'quick',
    seed: unfinished?.manifest.seed ?? seed,
    unfinished,
    records: false,
    sampler,
    predictor,
    reports,
    machine,
    source,
    signal: controller.signal,
    progress: new LineProgress((line) => lines.push(line)),
  })
  return { result, taken, lines, remark, predictor }
}

const planning: Partial<Definition> = {
  predictions: smallPlan,
  verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
}

const wanted = (changes: Partial<Definition> = {}) => ({
  experiments: [resolveDefinition('small.ts', { ...smallDefinition, ...changes })],
  profile: 'quick' as const,
  seed: undefined,
  machine,
  source,
  records: false,
})

test('an interrupted run is gone on with: each sample is taken once, in the order of its seed', async () => {
  const reports = await temporaryFolder()
  const whole = await session(await temporaryFolder())
  const first = await session(reports, { stopAfter: 5 })
  expect(first.result).toMatchObject({ interrupted: true, complete: false })
  const second = await session(reports, { stopAfter: 4, seed: 8 })
  const third = await session(reports, { seed: 9 })
  expect(third.result).toMatchObject({ complete: true, remarks: [], folder: first.result.folder })
  expect(third.lines[0]).toMatch(/goes on: 9 of 14 samples are there\.$/)
  expect([...first.taken, ...second.taken, ...third.taken]).toEqual(whole.taken)
  const { manifest, samples } = await latestRun(reports)
  expect(samples.map(({ order }) => order)).toEqual(samples.map((_, index) => index))
  expect(manifest).toMatchObject({ seed: 7, complete: true, remarks: [] })
  expect(manifest.resumedAt).toHaveLength(2)
})

test('so is a killed one, whose last line and manifest are not whole', async () => {
  const reports = await temporaryFolder()
  const { result } = await session(reports, { stopAfter: 5 })
  await appendFile(join(result.folder, 'samples.ndjson'), '{"experiment":"small","ce')
  await writeFile(join(result.folder, 'manifest.json.next'), '{"schemaV')
  const { taken, result: second } = await session(reports)
  expect(taken).toHaveLength(9)
  expect(second.complete).toBe(true)
  expect((await latestRun(reports)).samples).toHaveLength(14)
})

test('a complete run is not touched: the next one is new', async () => {
  const reports = await temporaryFolder()
  const { result } = await session(reports)
  const before = await readFile(join(result.folder, 'samples.ndjson'))
  const { result: second } = await session(reports)
  expect(second.folder).not.toBe(result.folder)
  expect(await readFile(join(result.folder, 'samples.ndjson'))).toEqual(before)
})

test('what failed stays as it is recorded, and is counted', async () => {
  const reports = await temporaryFolder()
  const { result } = await session(reports, { stopAfter: 5 })
  const path = join(result.folder, 'samples.ndjson')
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const { experiment, cell, factors, round, order, startedAt, log } = JSON.parse(lines[4] as string)
  const failed = { experiment, cell, factors, round, order, startedAt, log, status: 'failed' }
  lines[4] = JSON.stringify({ ...failed, failure: { reason: 'The peer died.', remedy: 'None.' } })
  await writeFile(path, `${lines.join('\n')}\n`)
  const { result: second } = await session(reports)
  expect(second.remarks).toEqual(['1 of 14 samples failed.'])
})

test('predictions that were not all made are made anew, those that were are kept', async () => {
  const reports = await temporaryFolder()
  const uninterrupted = await temporaryFolder()
  await session(uninterrupted, { changes: planning })
  const { result } = await session(reports, { changes: planning, stopAfter: 5 })
  await session(reports, { changes: planning })
  const { predictions } = await latestRun(reports)
  const path = join(result.folder, 'predictions.ndjson')
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  expect(predictions).toEqual((await latestRun(uninterrupted)).predictions)

  // Killed while it was asking, after the last sample but one.
  const samples = join(result.folder, 'samples.ndjson')
  await writeFile(
    samples,
    `${(await readFile(samples, 'utf8')).trimEnd().split('\n').slice(0, -1).join('\n')}\n`,
  )
  await writeFile(path, `${lines.slice(0, 2).join('\n')}\n`)
  await session(reports, { changes: planning })
  expect((await latestRun(reports)).predictions).toEqual(predictions)

  await writeFile(
    samples,
    `${(await readFile(samples, 'utf8')).trimEnd().split('\n').slice(0, -1).join('\n')}\n`,
  )
  const { predictor } = await session(reports, { changes: planning })
  expect(predictor.calls).toEqual([])
  expect((await latestRun(reports)).predictions).toEqual(predictions)
})

test('predictions that failed stay failed, and a run that is gone on with says so', async () => {
  const reports = await temporaryFolder()
  const failing = new FakePredictor({ predict: () => Promise.reject(new HarnessError('No costs.', 'None.')) })
  const { result } = await session(reports, { changes: planning, predictor: failing })
  expect(result.remarks).toEqual(['The predictions of small are missing or not complete: No costs.'])
  // Killed before the manifest was written for the last time.
  const path = join(result.folder, 'manifest.json')
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), endedAt: null }))
  const second = await session(reports, { changes: planning })
  expect(second.taken).toEqual([])
  expect(second.result).toMatchObject({ folder: result.folder, remarks: result.remarks, complete: false })
})

test('a run that lacks nothing but predictions is gone on with', async () => {
  const reports = await temporaryFolder()
  const { result } = await session(reports, { changes: planning })
  const { predictions } = await latestRun(reports)
  await writeFile(join(result.folder, 'predictions.ndjson'), '')
  const second = await session(reports, { changes: planning })
  expect(second).toMatchObject({ taken: [], result: { folder: result.folder, complete: true } })
  expect((await latestRun(reports)).predictions).toEqual(predictions)
})

test.each([
  ['another commit', { source: { ...source, commit: 'decaf' } }, 'its source was commit c0ffee'],
  [
    'other changes',
    { source: { ...source, dirty: true, changes: 'abc' } },
    'the uncommitted changes are not those of then',
  ],
  [
    'another kernel',
    { machine: { ...machine, kernel: '7.0.0' } },
    `it was measured with another kernel (${machine.kernel}, here 7.0.0)`,
  ],
  [
    'a source of which nothing is known',
    { source: { commit: null, dirty: false, changes: null } },
    'it cannot be seen, without git, whether its source was the same',
  ],
  ['another seed', { seed: 8 }, 'its seed is 7'],
  ['logs to be kept', { records: true }, 'it keeps no logs to replay'],
  ['a changed definition', wanted({ title: 'Another' }), 'the definition of small has changed'],
])('with %s a new run begins, and says why', async (_, changes, reason) => {
  const reports = await temporaryFolder()
  const { result } = await session(reports, { stopAfter: 5 })
  const run = result.folder.split('/').at(-1)
  expect(await findUnfinished(reports, { ...wanted(), ...changes })).toEqual({
    remark: `Run ${run} is unfinished, and a new one begins: ${reason}.`,
  })
})

test('a machine that was given more memory, or another Docker, is the same', async () => {
  const reports = await temporaryFolder()
  const { result } = await session(reports, { stopAfter: 5 })
  const grown = { ...machine, memoryBytes: 2 * machine.memoryBytes, dockerVersion: '99.0' }
  const found = await findUnfinished(reports, { ...wanted(), machine: grown })
  expect(found.run?.folder).toBe(result.folder)
})

test('of another profile, or of other experiments, nothing is gone on with, and nothing said', async () => {
  const reports = await temporaryFolder()
  await session(reports, { stopAfter: 5 })
  expect(await findUnfinished(reports, { ...wanted(), profile: 'full' })).toEqual({})
  const others = [resolveDefinition('other.ts', { ...smallDefinition, id: 'other' })]
  expect(await findUnfinished(reports, { ...wanted(), experiments: others })).toEqual({})
})
