/**
 * What a run says: medians, intervals and ratios of every cell, and a verdict on every experiment. Pure; the
 * command `summary` prints it, the report draws it. Invariant: only samples that count (see `validity.ts`) are summed up.
 */
import { type Baseline, baselineOf } from '../matrix/baseline.ts'
import { counterpartOf } from '../matrix/counterpart.ts'
import type { Cell, Experiment } from '../matrix/experiment.ts'
import type { Factors } from '../matrix/factors.ts'
import { type Combined, combineMeasures } from '../measure/combine.ts'
import { declaredMeasures } from '../measure/measures.ts'
import type { Interval } from '../statistics/interval.ts'
import { type MedianInterval, medianInterval } from '../statistics/median.ts'
import { judge } from '../verdict/judge.ts'
import {
  type Compared,
  type Cost,
  compared,
  type PredictedCell,
  type Verdict,
  type Work,
} from '../verdict/judgement.ts'
import { costOfRatio } from '../verdict/rules/cost.ts'
import { type ErrorSizes, errorSizes, predictedCell } from '../verdict/rules/prediction.ts'
import { workOf } from '../verdict/rules/replicated-work.ts'
import { specificationOf } from '../workload/workloads.ts'
import { gainsByRound, rateOf, ratesByRound } from './gains.ts'
import type { Machine, Manifest } from './manifest.ts'
import type { Outlook, PredictionLine } from './prediction.ts'
import type { Failure, MeasuredSample, Sample } from './sample.ts'
import { faultsOf, isCounted, isInterfered, isPeerSaturated } from './validity.ts'

export interface Delivered {
  readonly sent: number
  readonly verified: number
}

export interface CellSummary {
  readonly cell: string
  readonly factors: Factors
  /** Why the machine of the run cannot run it; null if it can. */
  readonly unsupported: string | null
  /** Samples that count, those that failed, those whose bytes or states were wrong, and those disturbed from outside. */
  readonly samples: number
  readonly failed: number
  readonly void: number
  readonly disturbed: number
  /** Samples that count in which the peer could do no more: the stack may be faster than shown. Null: not observed. */
  readonly peerSaturated: number | null
  /** Probability that an interval of this cell holds the true median; below 0.95 with fewer than six samples. */
  readonly coverage: number
  /** The measures of the experiment's workload, by name. */
  readonly measures: Combined
  /** Gains by the first measure; above 1 is better, also if less of the measure is better. */
  readonly speedupOverSequential: Interval | null
  readonly speedupOverSingle: Interval | null
  /** Rounds that speedupOverSequential rests on, and the probability that its interval holds the true median. */
  readonly roundsCompared: number
  readonly speedupCoverage: number
  /** Sums over the sound samples, by unit: bytes, requests. */
  readonly delivered: Readonly<Record<string, Delivered>>
  readonly digestsCompared: number
  readonly digestsMissed: number
  /** Over all samples, including void and failed ones. */
  readonly divergences: number
  /** Replicas killed or stalled in the sound samples, and the longest times without a byte after that. */
  readonly disturbances: number
  readonly gapMillis: Interval | null
  /** If the verdict is on a cost: the share of the first measure that this cell loses. */
  readonly cost: Cost | null
  /** If the verdict is on a crossover: the gain by the first measure over the same cell of the other strategy. */
  readonly overRival: Compared | null
  /** If the verdict is on a contrast, and judges this cell: its gain over the cell that it is compared with. */
  readonly contrast: Compared | null
  /** Processor time by what it was for. */
  readonly work: Work | null
  /** What the virtual cores say of this cell, on the processors that it was measured with. */
  readonly predicted: PredictedCell | null
}

/** The predictions of an experiment, except those at its cells (`CellSummary.predicted`). */
export interface PredictionSummary {
  /** Over the cells that are both predicted and measured. */
  readonly errors: ErrorSizes | null
  /** With a processor for each thread, which may be more than this machine has. */
  readonly outlook: readonly Outlook[]
  readonly failures: readonly Failure[]
}

export interface ExperimentSummary {
  readonly id: string
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  readonly cells: readonly CellSummary[]
  /** Null if none were asked for. */
  readonly predictions: PredictionSummary | null
}

export interface Summary {
  readonly run: string
  readonly complete: boolean
  readonly remarks: readonly string[]
  /** What a reader has to know first, though the run may be complete. */
  readonly notices: readonly string[]
  readonly profile: string
  /** Null unless the run is one part of a matrix that is split over machines. */
  readonly shard: { readonly index: number; readonly count: number } | null
  /** Of a merged run of unlike machines: what all of them have. */
  readonly machine: Machine
  readonly experiments: readonly ExperimentSummary[]
}

export function summarize(
  manifest: Manifest,
  samples: readonly Sample[],
  predictions: readonly PredictionLine[] = [],
): Summary {
  return {
    run: manifest.run,
    complete: manifest.complete,
    remarks: manifest.remarks,
    notices: manifest.notices,
    profile: manifest.profile,
    shard: manifest.shard === undefined ? null : { index: manifest.shard.index, count: manifest.shard.count },
    machine: manifest.machine,
    experiments: manifest.experiments.map((experiment) =>
      summarizeExperiment(experiment, samples, predictions, manifest.machine),
    ),
  }
}

function summarizeExperiment(
  experiment: Experiment,
  allSamples: readonly Sample[],
  allPredictions: readonly PredictionLine[],
  machine: Machine,
): ExperimentSummary {
  const samples = allSamples.filter((sample) => sample.experiment === experiment.id)
  const said = allPredictions.filter((line) => line.experiment === experiment.id)
  const cells = experiment.cells.map((cell) => summarizeCell(cell, experiment, samples, said))
  const predictions = experiment.predictions === undefined ? null : summarizePredictions(cells, said)
  const quantity = declaredMeasures[rateOf(experiment)].title.toLowerCase()
  const supported = cells.filter(({ unsupported }) => unsupported === null)
  const { verdict, reasons } = judge(experiment.verdict, supported, machine, quantity)
  const failures = predictions?.failures.map(({ reason }) => `Nothing more was predicted: ${reason}`) ?? []
  return {
    id: experiment.id,
    verdict,
    reasons: [...failures, ...reasons, ...remarksOnUnsupported(cells)],
    cells,
    predictions,
  }
}

/** A sentence for each reason. */
function remarksOnUnsupported(cells: readonly CellSummary[]): string[] {
  const reasons = cells.flatMap(({ unsupported }) => unsupported ?? [])
  return [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((other) => other === reason).length
    return `${count} of ${cells.length} cells ${count === 1 ? 'was' : 'were'} not measured here: ${reason}.`
  })
}

function summarizePredictions(
  cells: readonly CellSummary[],
  said: readonly PredictionLine[],
): PredictionSummary {
  return {
    errors: errorSizes(cells.flatMap(({ predicted }) => predicted?.error ?? [])),
    outlook: said.filter((line) => line.kind === 'outlook'),
    failures: said.flatMap((line) => (line.kind === 'failure' ? [line.failure] : [])),
  }
}

function summarizeCell(
  cell: Cell,
  experiment: Experiment,
  samples: readonly Sample[],
  said: readonly PredictionLine[],
): CellSummary {
  const own = samples.filter((sample) => sample.cell === cell.id)
  const measured = own.filter((sample) => sample.status === 'measured')
  const sound = own.filter(isCounted)
  const wrong = measured.filter((sample) => faultsOf(sample).length > 0)
  const saturated = sound.map(isPeerSaturated)
  const measures = combineMeasures(
    sound.map((sample) => sample.measures),
    specificationOf(experiment.workload).measures,
  )
  const rates = medianInterval([...ratesByRound(rateOf(experiment), cell.id, samples).values()])
  const overSequential = speedup('sequential', cell, experiment, samples)
  const gaps = sound.flatMap((sample) => sample.disturbed?.events.map((event) => event.gapMillis) ?? [])
  const check = said.find((line) => line.kind === 'check' && line.cell === cell.id)
  const counterpart = overCounterpart(cell, experiment, samples)
  const total = (value: (sample: MeasuredSample) => number) => sum(sound.map(value))
  return {
    cell: cell.id,
    factors: cell.factors,
    unsupported: cell.unsupported ?? null,
    samples: sound.length,
    failed: own.length - measured.length,
    void: wrong.length,
    disturbed: own.filter(isInterfered).length,
    peerSaturated: saturated.every((each) => each === null) ? null : saturated.filter(Boolean).length,
    coverage: rates?.coverage ?? 0,
    measures,
    speedupOverSequential: interval(overSequential),
    speedupOverSingle: interval(speedup('single-replica', cell, experiment, samples)),
    roundsCompared: overSequential?.samples ?? 0,
    speedupCoverage: overSequential?.coverage ?? 0,
    delivered: deliveredBy(sound),
    digestsCompared: total((sample) => sample.digestsCompared),
    digestsMissed: total((sample) => sample.digestsMissed),
    divergences: sum(own.map(divergencesOf)),
    disturbances: gaps.length,
    gapMillis: interval(medianInterval(gaps)),
    cost: experiment.verdict.kind === 'cost' && counterpart !== null ? costOfRatio(counterpart) : null,
    overRival: experiment.verdict.kind === 'crossover' && counterpart !== null ? compared(counterpart) : null,
    contrast: experiment.verdict.kind === 'contrast' && counterpart !== null ? compared(counterpart) : null,
    work: workOf(measures),
    predicted: check?.kind === 'check' ? predictedCell(check, measures.goodputMbps?.median ?? null) : null,
  }
}

function speedup(
  baseline: Baseline,
  cell: Cell,
  experiment: Experiment,
  samples: readonly Sample[],
): MedianInterval | null {
  if (!experiment.baselines.includes(baseline)) return null
  const other = baselineOf(baseline, cell, experiment.cells)
  if (other === undefined) return null
  return medianInterval(gainsByRound(rateOf(experiment), cell.id, other.id, samples))
}

/** The gain over the cell that the verdict compares this one with. */
function overCounterpart(
  cell: Cell,
  experiment: Experiment,
  samples: readonly Sample[],
): MedianInterval | null {
  const other = counterpartOf(experiment.verdict, cell, experiment.cells)
  if (other === undefined) return null
  return medianInterval(gainsByRound(rateOf(experiment), cell.id, other.id, samples))
}

function deliveredBy(samples: readonly MeasuredSample[]): Record<string, Delivered> {
  const delivered: Record<string, Delivered> = {}
  for (const { unit, sent, verified } of samples.flatMap((sample) => sample.deliveries)) {
    const before = delivered[unit] ?? { sent: 0, verified: 0 }
    delivered[unit] = { sent: before.sent + sent, verified: before.verified + verified }
  }
  return delivered
}

function divergencesOf(sample: Sample): number {
  return sample.status === 'measured' ? sample.divergences : (sample.failure.divergences ?? 0)
}

function interval(full: MedianInterval | null): Interval | null {
  return full === null ? null : { median: full.median, low: full.low, high: full.high }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
