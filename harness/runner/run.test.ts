import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HarnessError } from '../error.ts'
import type { Definition } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import { latestRun, readRun } from '../result/store.ts'
import { FakePredictor } from '../testing/fake-predictor.ts'
import { type FakeBehaviour, FakeSampler, fakeMeasurement } from '../testing/fake-sampler.ts'
import { machine, smallDefinition, temporaryFolder } from '../testing/fixtures.ts'
import { LineProgress } from './progress.ts'
import { quoteCommand, type RunOptions, runExperiments } from './run.ts'
import { diskError, RunFolder } from './run-folder.ts'

interface Further extends Pick<RunOptions, 'betweenExperiments'> {
  /** Ids of more experiments of the same kind. */
  readonly also?: readonly string[]
}

async function runSmall(
  behaviour: FakeBehaviour = {},
  changes: Partial<Definition> = {},
  { also = [], ...further }: Further = {},
) {
  const reports = await temporaryFolder()
  const sampler = new FakeSampler(behaviour)
  const lines: string[] = []
  const controller = new AbortController()
  const run = () =>
    runExperiments({
      ...further,
      experiments: ['small', ...also].map((id) =>
        resolveDefinition(`${id}.ts`, { ...smallDefinition, id, ...changes }),
      ),
      profile: 'quick',
      seed: 7,
      records: false,
      sampler,
      predictor: new FakePredictor(),
      reports,
      machine,
      source: { commit: null, dirty: false, changes: null },
      signal: controller.signal,
      progress: new LineProgress((line) => lines.push(line)),
    })
  return { run, reports, sampler, lines, controller }
}

test('a run records every scheduled sample, in order, and is complete', async () => {
  const { run, reports, sampler } = await runSmall()
  const result = await run()
  expect(result).toMatchObject({ complete: true, interrupted: false, remarks: [] })
  const { manifest, samples } = await latestRun(reports)
  expect(samples).toHaveLength(14)
  expect(samples.map((sample) => sample.order)).toEqual(samples.map((_, index) => index))
  expect(manifest).toMatchObject({ complete: true, samplesPlanned: 14, seed: 7 })
  expect(manifest.endedAt).not.toBeNull()
  expect(sampler.calls.at(-1)).toBe('dispose')
  expect(sampler.calls.filter((call) => call.startsWith('prepare')).sort()).toEqual([
    'prepare tap',
    'prepare veth',
  ])
})

test('the first sample of a cell is known to be the first', async () => {
  const told: (readonly [round: number, isFirst: boolean])[] = []
  const { run } = await runSmall({
    async take(_cell, round, { isFirst }) {
      told.push([round, isFirst])
      return undefined
    },
  })
  await run()
  expect(told).toHaveLength(14)
  for (const [round, isFirst] of told) expect(isFirst).toBe(round === 0)
})

test('the manifest keeps commands and what was found in the topologies', async () => {
  const { run, reports } = await runSmall()
  await run()
  const { manifest } = await latestRun(reports)
  expect(manifest.commands.map((entry) => entry.command).sort()).toEqual([
    "ip netns add 'test tap'",
    "ip netns add 'test veth'",
  ])
  expect(manifest.topologies.tap).toEqual({ 'net.ipv4.tcp_congestion_control': 'cubic' })
})

test('a failed sample is recorded with its reason and log, and the others go on', async () => {
  const { run, reports, lines } = await runSmall({
    async take(cell, round) {
      if (cell.factors.strategy !== 'sequential' || round !== 1) return undefined
      throw new HarnessError('The peer died.', 'Look at its log.')
    },
  })
  const result = await run()
  expect(result.complete).toBe(false)
  expect(result.remarks).toEqual(['2 of 14 samples failed.'])
  const { folder, samples } = await latestRun(reports)
  expect(samples).toHaveLength(14)
  const failed = samples.filter((sample) => sample.status === 'failed')
  expect(failed.map((sample) => sample.failure)).toEqual([
    { reason: 'The peer died.', remedy: 'Look at its log.' },
    { reason: 'The peer died.', remedy: 'Look at its log.' },
  ])
  for (const sample of failed) {
    expect(await readFile(join(folder, sample.log), 'utf8')).toContain('failed: The peer died.')
  }
  expect(lines.filter((line) => line.includes('The peer died.'))).toHaveLength(1)
})

test('a topology is prepared again after a failed sample', async () => {
  const { run, sampler } = await runSmall({
    async take(_cell, round, context) {
      if (round !== 0 || context.experiment.id !== 'small' || sampler.calls.length > 2) return undefined
      return { status: 'failed', failure: { reason: 'The peer died.', remedy: 'None.' } }
    },
  })
  await run()
  const first = sampler.calls[0] as string
  expect(sampler.calls.filter((call) => call === first)).toHaveLength(2)
})

test('a topology that cannot be prepared is given up after one attempt, and the others go on', async () => {
  const { run, reports, sampler, lines } = await runSmall({
    async prepare(topology) {
      if (topology === 'tap') throw new HarnessError('There is no /dev/net/tun.', 'Load the module tun.')
    },
  })
  const result = await run()
  expect(result.complete).toBe(false)
  const { samples } = await latestRun(reports)
  expect(samples.filter((sample) => sample.status === 'failed')).toHaveLength(12)
  expect(samples.filter((sample) => sample.status === 'measured')).toHaveLength(2)
  expect(sampler.calls.filter((call) => call === 'prepare tap')).toHaveLength(1)
  expect(lines.filter((line) => line.includes('Load the module tun.'))).toHaveLength(1)
})

test('an unexpected error is recorded as a defect, with its stack trace in the log', async () => {
  const { run, reports } = await runSmall({
    take: () => Promise.reject(new TypeError('x is not a function')),
  })
  await run()
  const { folder, samples } = await latestRun(reports)
  const sample = samples[0]
  if (sample?.status !== 'failed') throw new Error('the sample did not fail')
  expect(sample.failure.reason).toContain('x is not a function')
  expect(await readFile(join(folder, sample.log), 'utf8')).toContain('run.test.ts')
})

test('an impossible measurement is a failure', async () => {
  const { run, reports } = await runSmall({
    async take(cell, round) {
      const measurement = { ...fakeMeasurement(cell, round), measuredMicros: -1 }
      return { status: 'measured', measurement }
    },
  })
  await run()
  const { samples } = await latestRun(reports)
  expect(samples.every((sample) => sample.status === 'failed')).toBe(true)
})

test('a measure that the workload does not have is a failure, and one that it has and did not get', async () => {
  const { run, reports } = await runSmall({
    async take(cell, round) {
      const measurement = fakeMeasurement(cell, round)
      const { retransmits: _missing, ...measures } = measurement.measures
      return {
        status: 'measured',
        measurement: { ...measurement, measures: { ...measures, requestsPerSecond: 1 } },
      }
    },
  })
  await run()
  const [sample] = (await latestRun(reports)).samples
  if (sample?.status !== 'failed') throw new Error('the sample did not fail')
  expect(sample.failure.reason).toContain('missing [retransmits], not asked for [requestsPerSecond]')
})

test('wrong bytes void a sample, and the run is not complete', async () => {
  const { run } = await runSmall({
    async take(cell, round) {
      const measurement = fakeMeasurement(cell, round)
      if (round > 0 || cell.id !== 'sequential-cipher-tap') return undefined
      return {
        status: 'measured',
        measurement: {
          ...measurement,
          deliveries: measurement.deliveries.map((all) => ({ ...all, verified: all.verified - 1 })),
        },
      }
    },
  })
  const result = await run()
  expect(result.remarks).toEqual(['1 of 14 samples are void: wrong bytes or states.'])
})

test('between experiments whoever writes the report is called, and what fails there stops nothing', async () => {
  const told: string[][] = []
  const { run, lines, reports } = await runSmall(
    {},
    {},
    {
      betweenExperiments: async (folder) => {
        const { samples, manifest } = await readRun(folder)
        told.push([...new Set(samples.map(({ experiment }) => experiment)), manifest.endedAt ?? 'under way'])
        throw new Error('no space')
      },
      also: ['other'],
    },
  )
  expect(await run()).toMatchObject({ complete: true })
  expect(told).toEqual([['small', 'under way']])
  expect(lines.filter((line) => line === 'Writing the report failed: no space')).toHaveLength(1)
  expect((await latestRun(reports)).samples).toHaveLength(28)
})

test('an interrupted run keeps what it has, cleans up and says so', async () => {
  const { run, reports, sampler, controller } = await runSmall({
    async take(_cell, round) {
      if (round === 1) controller.abort()
      return undefined
    },
  })
  const result = await run()
  expect(result).toMatchObject({ interrupted: true, complete: false })
  const { manifest, samples } = await latestRun(reports)
  expect(samples).toHaveLength(7)
  expect(manifest.remarks).toEqual(['The run was interrupted.', '7 of 14 samples were not taken.'])
  expect(sampler.calls.at(-1)).toBe('dispose')
})

test('an interrupt does not wait for a transfer that hangs', async () => {
  const { run, sampler, controller } = await runSmall({
    take() {
      controller.abort()
      return new Promise(() => {})
    },
  })
  expect(await run()).toMatchObject({ interrupted: true })
  expect(sampler.calls.at(-1)).toBe('dispose')
})

test('a command is quoted as a shell would take it', () => {
  expect(quoteCommand(['sh', '-c', "echo 'a b'"])).toBe("sh -c 'echo '\\''a b'\\'''")
})

test('where nothing can be written any more, the run ends, keeps what it has and cleans up', async () => {
  const { run, reports, sampler } = await runSmall({
    async take(_cell, _round, context) {
      if (sampler.calls.length < 8) return undefined
      const logs = join(context.logPath, '../../..')
      await rm(logs, { recursive: true })
      await writeFile(logs, 'in the way')
      return undefined
    },
  })
  await expect(run()).rejects.toThrow(/Cannot write to/)
  const { manifest, samples } = await latestRun(reports)
  expect(samples.length).toBeGreaterThan(0)
  expect(manifest.complete).toBe(false)
  expect(manifest.remarks[0]).toContain('Cannot write to')
  expect(sampler.calls.at(-1)).toBe('dispose')
})

test('a full disk is named, with what to do', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  expect(diskError('/runs/x', full)).toMatchObject({
    reason: 'The disk is full: /runs/x cannot grow.',
    remedy: expect.stringContaining('The samples taken so far are kept'),
  })
})

test('two runs in the same second get folders of their own', async () => {
  const reports = await temporaryFolder()
  const now = new Date('2026-01-02T03:04:05.678Z')
  const folders = [
    await RunFolder.create(reports, 'quick', now),
    await RunFolder.create(reports, 'quick', now),
  ]
  expect(folders.map((folder) => folder.run)).toEqual([
    '2026-01-02T03-04-05Z-quick',
    '2026-01-02T03-04-05Z-quick-2',
  ])
  for (const folder of folders) await folder.close()
})
