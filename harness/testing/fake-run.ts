/** A run of the small experiment with numbers by the model, as `readRun` would give it. Imported by tests only. */
import { questionsOf } from '../calibrate/questions.ts'
import type { Definition } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import { cellsOfRound } from '../matrix/schedule.ts'
import { markUnsupported } from '../matrix/unsupported.ts'
import { type Manifest, schemaVersion } from '../result/manifest.ts'
import type { PredictionLine } from '../result/prediction.ts'
import type { MeasuredSample, Sample } from '../result/sample.ts'
import type { Run } from '../result/store.ts'
import { fakeAnswer } from './fake-predictor.ts'
import { fakeMeasurement } from './fake-sampler.ts'
import { machine, smallDefinition, smallPlan } from './fixtures.ts'

export interface FakeRunOptions {
  readonly definition?: Partial<Definition>
  readonly manifest?: Partial<Manifest>
  /** Changes a sample before it is kept. */
  readonly sample?: (sample: MeasuredSample) => Sample
  readonly predictions?: readonly PredictionLine[]
}

export function fakeRun(options: FakeRunOptions = {}): Run {
  const definition = { ...smallDefinition, ...options.definition }
  const experiment = markUnsupported(resolveDefinition('small.ts', definition), machine)
  const planned = Array.from({ length: experiment.rounds.full }, (_, round) =>
    cellsOfRound(experiment, round, 1).map((cell) => ({ cell, round })),
  )
  const samples = planned.flat().map(({ cell, round }, order): Sample => {
    const sample: MeasuredSample = {
      experiment: experiment.id,
      cell: cell.id,
      factors: cell.factors,
      round,
      attempt: 0,
      order,
      startedAt: '2026-01-02T03:04:05.000Z',
      log: `logs/${experiment.id}/${cell.id}/${round}.log`,
      status: 'measured',
      ...fakeMeasurement(cell, round),
    }
    return options.sample?.(sample) ?? sample
  })
  const manifest: Manifest = {
    schemaVersion,
    run: '2026-01-02T03-04-05Z-full',
    profile: 'full',
    startedAt: '2026-01-02T03:04:05.000Z',
    resumedAt: [],
    endedAt: '2026-01-02T03:14:05.000Z',
    complete: true,
    remarks: [],
    records: false,
    seed: 1,
    source: { commit: '0123456789abcdef0123456789abcdef01234567', dirty: false, changes: null },
    machine,
    topologies: { tap: { 'net.ipv4.tcp_congestion_control': 'cubic' } },
    commands: [{ at: '2026-01-02T03:04:05.000Z', command: 'ip link add a type veth peer name b' }],
    experiments: [experiment],
    notices: [],
    budgetMinutes: null,
    samplesPlanned: samples.length,
    ...options.manifest,
  }
  return { folder: '/nowhere', manifest, samples, predictions: options.predictions ?? [], behaviours: [] }
}

/** The same run without the Linux reference, with predictions of every cell and on more processors. */
export function fakePredictedRun(): Run {
  const run = fakeRun({
    definition: {
      cells: smallDefinition.cells.slice(0, 2),
      predictions: smallPlan,
      verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
    },
  })
  const predictions = run.manifest.experiments.flatMap((experiment) =>
    questionsOf(experiment, 'full', machine.cores, 1).map((question) => {
      const { seed: _seed, ...asked } = question
      return { ...asked, experiment: experiment.id, ...fakeAnswer(question) }
    }),
  )
  return { ...run, predictions }
}

/** Half of a processor was somebody else's during the sample. */
export const halfTaken = {
  windowMicros: 1e6,
  foreignMicros: 500_000,
  foreignName: 'yes',
  stolenMicros: 0,
  throttled: null,
} as const

/** Changes measures of a sample, and nothing else of it. */
export function measuring(sample: MeasuredSample, measures: MeasuredSample['measures']): MeasuredSample {
  return { ...sample, measures: { ...sample.measures, ...measures } }
}
