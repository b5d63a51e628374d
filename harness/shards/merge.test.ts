import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Definition } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import { isMixed, type Machine, type Manifest } from '../result/manifest.ts'
import type { Sample } from '../result/sample.ts'
import { latestRun, readRun } from '../result/store.ts'
import { LineProgress } from '../runner/progress.ts'
import { findUnfinished } from '../runner/resume.ts'
import { runExperiments } from '../runner/run.ts'
import { FakePredictor } from '../testing/fake-predictor.ts'
import { FakeSampler } from '../testing/fake-sampler.ts'
import { machine, smallDefinition, smallPlan, temporaryFolder } from '../testing/fixtures.ts'
import { commonSeed, shardOf } from './divide.ts'
import { mergeShards } from './merge.ts'

const resolve = (changes: Partial<Definition>) =>
  resolveDefinition(`${changes.id ?? 'small'}.ts`, { ...smallDefinition, ...changes })
const experiments = [
  resolve({
    id: 'planning',
    cells: smallDefinition.cells.slice(0, 2),
    predictions: smallPlan,
    verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
  }),
  resolve({}),
]

interface Choices {
  readonly machine?: Machine
  readonly stopAfter?: number
  readonly source?: Manifest['source']
}

/** Measures everything, or a shard of it; returns the run's folder. */
async function measure(index?: number, choices: Choices = {}): Promise<string> {
  const part = index === undefined ? { experiments } : shardOf(experiments, 'quick', { index, count: 3 })
  const controller = new AbortController()
  let taken = 0
  const { folder } = await runExperiments({
    source: { commit: 'c0ffee', dirty: false, changes: null },
    machine,
    ...choices,
    ...part,
    profile: 'quick',
    seed: commonSeed(experiments, 'quick'),
    records: false,
    sampler: new FakeSampler({
      async take() {
        if (taken === choices.stopAfter) controller.abort()
        taken += 1
        return undefined
      },
    }),
    predictor: new FakePredictor(),
    reports: await temporaryFolder(),
    signal: controller.signal,
    progress: new LineProgress(() => {}),
  })
  return folder
}

const measureAll = () => Promise.all([measure(1), measure(2), measure(3)])

async function merge(folders: readonly string[], allowMixed = false) {
  const reports = await temporaryFolder()
  return { reports, merging: mergeShards({ folders, reports, allowMixed }) }
}

async function change(folder: string, edit: (manifest: Manifest) => void): Promise<void> {
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  edit(manifest)
  await writeFile(path, JSON.stringify(manifest))
}

/** Each once, without paths: they name the folder of the run that gave them. */
function commandsOf({ commands }: Pick<Manifest, 'commands'>): string[] {
  return [...new Set(commands.map(({ command }) => command.replace(/\S*\//g, '')))].sort()
}

/** What does not depend on when and in which order a sample was taken. */
function timeless(samples: readonly Sample[]) {
  return samples
    .map(({ startedAt: _, order: __, tookMillis: ___, ...sample }) => sample)
    .toSorted((a, b) => a.log.localeCompare(b.log))
}

test('a disagreement of two shards is found though the first has nothing to say of it', async () => {
  const [one, two, three] = await measureAll()
  await change(one, (manifest) => {
    manifest.topologies = {}
  })
  await change(two, (manifest) => {
    manifest.topologies.tap = { kernel: '6.1' }
  })
  await change(three, (manifest) => {
    manifest.topologies.tap = { kernel: '6.2' }
  })
  const { merging } = await merge([one, two, three])
  await expect(merging).rejects.toThrow(/"topologies.tap.kernel" is "6.1" in .* and "6.2" in/)
})

test('three shards make the run that one machine would have made', async () => {
  const whole = await readRun(await measure())
  const { reports, merging } = await merge((await measureAll()).reverse())
  const merged = await readRun(await merging)
  const { mergedFrom, ...manifest } = merged.manifest
  expect(Object.keys(manifest).sort()).toEqual(Object.keys(whole.manifest).sort())
  const measured = ({ run, startedAt, endedAt, commands, ...same }: typeof manifest) => same
  expect(measured(manifest)).toEqual(measured(whole.manifest))
  expect(commandsOf(manifest)).toEqual(commandsOf(whole.manifest))
  expect(merged.samples.map(({ order }) => order)).toEqual(merged.samples.map((_, index) => index))
  expect(merged.samples.map(({ experiment, round }) => `${experiment} ${round}`)).toEqual(
    whole.samples.map(({ experiment, round }) => `${experiment} ${round}`),
  )
  expect(timeless(merged.samples)).toEqual(timeless(whole.samples))
  expect(merged.predictions).toEqual(whole.predictions)
  const filesOf = async (folder: string) => (await readdir(folder, { recursive: true })).sort()
  expect(await filesOf(merged.folder)).toEqual(await filesOf(whole.folder))
  expect(mergedFrom?.map(({ index }) => index)).toEqual([1, 2, 3])
  expect((await latestRun(reports)).folder).toBe(merged.folder)
})

test('the logs of all samples are there, and those of the runs one after the other', async () => {
  const folder = await (await merge(await measureAll())).merging
  const { samples } = await readRun(folder)
  for (const { log, cell } of samples) expect(await readFile(join(folder, log), 'utf8')).toContain(cell)
  const text = await readFile(join(folder, 'logs/run.log'), 'utf8')
  expect(text.match(/^# shard \d of 3, run .*-quick$/gm)).toHaveLength(3)
  expect(text).toContain('prepare tap')
})

test('a merged run is not gone on with, and neither is a shard by who measures another', async () => {
  const folders = await measureAll()
  const [first = ''] = folders
  const { manifest } = await readRun(first)
  const wanted = { ...manifest, profile: 'quick' as const, seed: undefined, budgetMinutes: undefined }
  await writeFile(join(first, 'samples.ndjson'), '')
  const reports = join(first, '../..')
  expect((await findUnfinished(reports, wanted)).run?.folder).toBe(first)
  expect(await findUnfinished(reports, { ...wanted, shard: { index: 2, count: 3, cells: {} } })).toEqual({})
  expect(await findUnfinished(reports, { ...wanted, shard: undefined })).toEqual({})
  await change(first, (changed) => {
    changed.mergedFrom = []
  })
  expect(await findUnfinished(reports, wanted)).toEqual({})
})

test.each([
  ['profile', (manifest: Manifest) => Object.assign(manifest, { profile: 'full' }), 'Choose one PROFILE'],
  ['seed', (manifest: Manifest) => Object.assign(manifest, { seed: 8 }), 'Give the same SEED everywhere'],
  [
    'source.commit',
    (manifest: Manifest) => Object.assign(manifest.source, { commit: 'decaf' }),
    'Check out the same commit everywhere',
  ],
  [
    'source.changes',
    (manifest: Manifest) => Object.assign(manifest.source, { dirty: true, changes: null }),
    'Commit the changes',
  ],
  [
    'budgetMinutes',
    (manifest: Manifest) => Object.assign(manifest, { budgetMinutes: 5 }),
    'Give the same BUDGET',
  ],
  ['records', (manifest: Manifest) => Object.assign(manifest, { records: true }), 'RECORD=1 everywhere'],
  [
    'shard.count',
    (manifest: Manifest) => Object.assign(manifest.shard as object, { count: 4 }),
    'Merge shards of one division',
  ],
  [
    'shard.cells',
    (manifest: Manifest) => Object.assign(manifest.shard as object, { cells: { small: [] } }),
    'Measure the same experiments everywhere',
  ],
  [
    'experiments.small.title',
    (manifest: Manifest) => Object.assign(manifest.experiments[0] as object, { title: 'Another' }),
    'Use the same experiments/small.ts',
  ],
  ['machine.cores', (manifest: Manifest) => Object.assign(manifest.machine, { cores: 4 }), 'MIXED=1'],
  [
    'topologies.tap.net.ipv4.tcp_congestion_control',
    (manifest: Manifest) =>
      Object.assign(manifest.topologies.tap as object, { 'net.ipv4.tcp_congestion_control': 'bbr' }),
    'MIXED=1',
  ],
])('shards that disagree on %s are refused, naming it in both files', async (field, edit, remedy) => {
  const folders = await measureAll()
  const [one = '', , three = ''] = folders.toSorted()
  // Of those that measure the small experiment over the TAP.
  const [first = one, second = three] = await having('small', 'tap', folders)
  await change(second, edit)
  const others = folders.filter((folder) => folder !== first && folder !== second)
  const { merging, reports } = await merge([first, second, ...others])
  const error = await merging.catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    reason: expect.stringContaining(`"${field}" is`),
    remedy: expect.stringContaining(remedy),
  })
  expect(error).toMatchObject({ reason: expect.stringContaining(`${first}/manifest.json`) })
  expect(error).toMatchObject({ reason: expect.stringContaining(`${second}/manifest.json`) })
  expect(await readdir(reports)).toEqual([])
})

/** The folders of shards with cells of an experiment in a topology. */
async function having(experiment: string, topology: string, folders: readonly string[]): Promise<string[]> {
  const runs = await Promise.all(folders.map(readRun))
  return runs
    .filter(({ manifest }) =>
      manifest.experiments.some(
        ({ id, cells }) => id === experiment && cells.some(({ factors }) => factors.topology === topology),
      ),
    )
    .map(({ folder }) => folder)
}

test('a missing shard is named, and one that is there twice with both folders', async () => {
  const [one, two, three] = await measureAll()
  await expect((await merge([one, three])).merging).rejects.toThrow(
    /Shard 2 of 3 is missing[\s\S]*SHARD=2\/3/,
  )
  const again = await measure(2)
  await expect((await merge([one, two, three, again])).merging).rejects.toThrow(
    `Shard 2 of 3 is there twice: ${two} and ${again}.`,
  )
})

test('a shard that was interrupted is refused: it can be gone on with', async () => {
  const folders = [await measure(1), await measure(2), await measure(3, { stopAfter: 1 })]
  await expect((await merge(folders)).merging).rejects.toThrow(
    /Shard 3 of 3 is not finished: .* has 1 of at least \d+ samples[\s\S]*Type its command again/,
  )
})

test('a run of its own is no shard, and neither is a folder that does not exist', async () => {
  await expect((await merge([await measure()])).merging).rejects.toThrow(/is a run of its own and no shard/)
  await expect((await merge(['/nowhere/run'])).merging).rejects.toThrow('There is no folder /nowhere/run.')
})

test('a cell that no shard measured is named', async () => {
  const folders = await measureAll()
  const [first = ''] = folders
  let lost = ''
  await change(first, ({ experiments: [experiment] }) => {
    lost = experiment?.cells.pop()?.id ?? ''
  })
  await expect((await merge(folders)).merging).rejects.toThrow(`Cell ${lost} of`)
})

test('unlike machines are joined on request: what all of them have, and each by its name', async () => {
  const other = { ...machine, cores: 8, cpuModel: 'Another processor' }
  const folders = [await measure(1), await measure(2, { machine: other }), await measure(3)]
  await expect((await merge(folders)).merging).rejects.toThrow('"machine.cores" is 2 in')
  const { manifest } = await readRun(await (await merge(folders, true)).merging)
  expect(manifest.machine).toMatchObject({ cores: 2, cpuModel: 'Test processor or Another processor' })
  expect(manifest.mergedFrom?.[1]?.machine).toEqual(other)
  expect(isMixed(manifest)).toBe(true)
})
