import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HarnessError } from '../error.ts'
import type { Definition } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import { latestRun } from '../result/store.ts'
import { FakePredictor, type FakePredictorBehaviour } from '../testing/fake-predictor.ts'
import { FakeSampler } from '../testing/fake-sampler.ts'
import { machine, smallDefinition, smallPlan, temporaryFolder } from '../testing/fixtures.ts'
import { LineProgress } from './progress.ts'
import { runExperiments } from './run.ts'

const planning: Partial<Definition> = {
  id: 'planning',
  predictions: smallPlan,
  verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
}

/** Two experiments, of which the first plans predictions. */
async function runTwo(behaviour: FakePredictorBehaviour = {}) {
  const reports = await temporaryFolder()
  const sampler = new FakeSampler()
  const predictor = new FakePredictor({
    calibrate: async (request) => {
      sampler.calls.push('calibrate')
      await behaviour.calibrate?.(request)
    },
    repeat: async () => await behaviour.repeat?.(),
    close: async () => await behaviour.close?.(),
    predict: async (question, signal) => {
      sampler.calls.push('predict')
      await behaviour.predict?.(question, signal)
    },
  })
  const lines: string[] = []
  const controller = new AbortController()
  const run = () =>
    runExperiments({
      experiments: [
        resolveDefinition('planning.ts', { ...smallDefinition, ...planning }),
        resolveDefinition('small.ts', smallDefinition),
      ],
      profile: 'quick',
      seed: 7,
      records: false,
      sampler,
      predictor,
      reports,
      machine,
      source: { commit: null, dirty: false, changes: null },
      signal: controller.signal,
      progress: new LineProgress((line) => lines.push(line)),
    })
  return { run, reports, sampler, predictor, lines, controller }
}

test('a machine is calibrated in every round of an experiment with predictions, and asked after it', async () => {
  const { run, reports, sampler, predictor } = await runTwo()
  expect(await run()).toMatchObject({ complete: true, remarks: [] })
  const repetitions = Array(4).fill('repeat')
  expect(predictor.calls).toEqual(['calibrate 4', ...repetitions, 'write', 'close', 'predict 12'])
  const own = sampler.calls.filter((call) => !call.startsWith('prepare'))
  expect(own.indexOf('calibrate')).toBe(0)
  expect(own.indexOf('predict')).toBe(15)
  expect(own.lastIndexOf('predict')).toBe(26)
  const { folder, predictions } = await latestRun(reports)
  await access(join(folder, 'costs.json'))
  expect(predictions.map(({ kind }) => kind)).toEqual([
    ...Array(6).fill('check'),
    ...Array(6).fill('outlook'),
  ])
  expect(predictions[4]).toMatchObject({
    cell: 'replicated-n2-checksum-tap',
    replicas: 2,
    processors: 2,
  })
})

test('where calibration fails, samples are taken and the reason is kept', async () => {
  const { run, reports, predictor, lines } = await runTwo({
    calibrate: () => Promise.reject(new HarnessError('There is no room.', 'Make some.')),
  })
  const result = await run()
  expect(result.remarks).toEqual([
    'The predictions of planning are missing or not complete: There is no room.',
  ])
  expect(predictor.calls).toEqual(['calibrate 4'])
  const { samples, predictions } = await latestRun(reports)
  expect(samples.filter(({ status }) => status === 'measured')).toHaveLength(28)
  const failure = { reason: 'There is no room.', remedy: 'Make some.' }
  expect(predictions).toEqual([{ kind: 'failure', experiment: 'planning', failure }])
  expect(lines.filter((line) => line.includes('There is no room.'))).toHaveLength(1)
})

test('where a repetition fails, the calibration is closed and samples are taken', async () => {
  const { run, reports, predictor } = await runTwo({
    repeat: () => Promise.reject(new HarnessError('A program ended.', 'Look at it.')),
  })
  expect((await run()).remarks).toEqual([
    'The predictions of planning are missing or not complete: A program ended.',
  ])
  expect(predictor.calls).toEqual(['calibrate 4', 'repeat', 'close'])
  expect((await latestRun(reports)).samples).toHaveLength(28)
})

test('a calibration that cannot be closed is told of, and loses nothing', async () => {
  const { run, reports, lines } = await runTwo({
    close: () => Promise.reject(new HarnessError('The engine does not answer.', 'Restart it.')),
  })
  expect(await run()).toMatchObject({ complete: true })
  expect(lines.filter((line) => line.includes('The engine does not answer.'))).toHaveLength(1)
  expect((await latestRun(reports)).predictions).toHaveLength(12)
})

test('where a prediction fails, those before it are kept and other experiments go on', async () => {
  const { run, reports } = await runTwo({
    predict: async ({ payloadWork }) => {
      if (payloadWork === 'cipher') throw new HarnessError('The virtual cores failed.', 'Ask again.')
    },
  })
  expect((await run()).complete).toBe(false)
  const { samples, predictions } = await latestRun(reports)
  expect(predictions.map(({ kind }) => kind)).toEqual(['check', 'failure'])
  expect(samples.filter(({ experiment }) => experiment === 'small')).toHaveLength(14)
})

test('an interrupt ends a calibration that hangs, and nothing is said to have failed', async () => {
  const { run, sampler, controller, lines } = await runTwo({
    calibrate() {
      controller.abort()
      return new Promise(() => {})
    },
  })
  expect(await run()).toMatchObject({ interrupted: true })
  expect(sampler.calls).toEqual(['calibrate', 'dispose'])
  expect(lines.filter((line) => line.includes('cannot be predicted'))).toEqual([])
})

test('an interrupt closes a calibration that is open', async () => {
  const { run, predictor, controller } = await runTwo({
    repeat() {
      controller.abort()
      return new Promise(() => {})
    },
  })
  expect(await run()).toMatchObject({ interrupted: true })
  expect(predictor.calls).toEqual(['calibrate 4', 'repeat', 'close'])
})

test('an interrupt ends a prediction that hangs, and keeps the samples', async () => {
  const { run, reports, sampler, controller } = await runTwo({
    predict() {
      controller.abort()
      return new Promise(() => {})
    },
  })
  expect(await run()).toMatchObject({ interrupted: true })
  expect(sampler.calls.slice(-2)).toEqual(['predict', 'dispose'])
  const { samples, predictions, manifest } = await latestRun(reports)
  expect(samples).toHaveLength(14)
  expect(predictions).toEqual([])
  expect(manifest.remarks).toContain('14 of 28 samples were not taken.')
})
