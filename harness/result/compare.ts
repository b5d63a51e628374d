/**
 * What changed from one run to another. Pure.
 *
 * Two things are compared of every cell that both runs have. Its *gains* over the baselines come from within a run, so a
 * machine that is slower as a whole does not move them. Its *rate* is first put in relation to what the machine's own
 * kernel did in the same run (the cells of Linux); without such cells rates are not compared, for nothing would tell the
 * machine from the code.
 *
 * A change counts if it is larger than a threshold and if the 95 % intervals are as far apart as half of it: intervals say
 * how much a run differs within itself, and two runs differ by somewhat more.
 */
import { type Baseline, baselineOf } from '../matrix/baseline.ts'
import type { Cell, Experiment } from '../matrix/experiment.ts'
import { isOwn } from '../matrix/factor.ts'
import { declaredMeasures } from '../measure/measures.ts'
import type { Interval } from '../statistics/interval.ts'
import { type MedianInterval, median, medianInterval } from '../statistics/median.ts'
import type { Verdict } from '../verdict/judgement.ts'
import { gainsByRound, rateOf, ratesByRound } from './gains.ts'
import type { Run } from './store.ts'
import { summarize } from './summary.ts'

/** Below it, an interval of few rounds says nothing for sure. */
const leastCoverage = 0.95

export interface Change {
  readonly experiment: string
  readonly cell: string
  /** What was compared: `gain over sequential`, or the title of the first measure. */
  readonly what: string
  readonly before: Interval
  readonly after: Interval
  /** Of the medians, after over before, and for a rate beside the machine's; above 1 is better. */
  readonly factor: number
}

export interface VerdictChange {
  readonly experiment: string
  readonly before: Verdict
  readonly after: Verdict
  /** From reproduced to not reproduced, or back. */
  readonly isFlip: boolean
}

export interface Comparison {
  /** Gains over the sequential stack: how many both runs have, and of how many the intervals overlap. */
  readonly gains: { readonly compared: number; readonly overlapping: number }
  /** The rate of the kernel's own stack, after over before; null if no cell of it is in both runs. */
  readonly machine: number | null
  /** Cells that only one of the runs has. */
  readonly onlyBefore: number
  readonly onlyAfter: number
  readonly verdicts: readonly VerdictChange[]
  readonly worse: readonly Change[]
  readonly better: readonly Change[]
}

/** `threshold` is a share: 0.1 tells changes of more than 10 %. */
export function compareRuns(before: Run, after: Run, threshold: number): Comparison {
  const pairs = pairsOf(before, after)
  const machine = machineFactor(pairs)
  const gains = pairs.flatMap(gainsOf)
  const rates = machine === null ? [] : pairs.flatMap((pair) => rateChange(pair, machine))
  const overSequential = gains.filter(({ baseline }) => baseline === 'sequential')
  const changes = [...gains, ...rates].filter((change) => isCertain(change, threshold)).map(toldOf)
  return {
    gains: {
      compared: overSequential.length,
      overlapping: overSequential.filter(({ first, second }) => overlap(first, second)).length,
    },
    machine,
    onlyBefore: countCells(before) - pairs.length,
    onlyAfter: countCells(after) - pairs.length,
    verdicts: verdictChanges(before, after),
    worse: changes.filter(({ factor }) => factor < 1).sort((a, b) => a.factor - b.factor),
    better: changes.filter(({ factor }) => factor > 1).sort((a, b) => b.factor - a.factor),
  }
}

/** Whether the second run is worse: for exit codes. */
export function isWorse({ worse, verdicts }: Comparison): boolean {
  return worse.length > 0 || verdicts.some(({ isFlip }) => isFlip)
}

/** A cell that both runs have, with the experiment as each run has it. */
interface Pair {
  readonly cell: Cell
  readonly before: Side
  readonly after: Side
}

interface Side {
  readonly run: Run
  readonly experiment: Experiment
}

interface Candidate {
  readonly experiment: string
  readonly cell: string
  readonly what: string
  readonly baseline?: Baseline
  readonly first: MedianInterval
  readonly second: MedianInterval
  /** What the second is divided by before it is compared with the first. */
  readonly scale: number
  readonly isMoreBetter: boolean
}

function pairsOf(before: Run, after: Run): Pair[] {
  return before.manifest.experiments.flatMap((experiment) => {
    const other = after.manifest.experiments.find(({ id }) => id === experiment.id)
    if (other === undefined) return []
    const shared = experiment.cells.filter(({ id }) => other.cells.some((cell) => cell.id === id))
    return shared.map((cell) => ({
      cell,
      before: { run: before, experiment },
      after: { run: after, experiment: other },
    }))
  })
}

function countCells({ manifest }: Run): number {
  return manifest.experiments.reduce((sum, { cells }) => sum + cells.length, 0)
}

function gainsOf({ cell, before, after }: Pair): Candidate[] {
  return (['sequential', 'single-replica'] as const).flatMap((baseline) => {
    const first = gain(before, cell, baseline)
    const second = gain(after, cell, baseline)
    if (first === null || second === null) return []
    const over = baseline === 'sequential' ? 'sequential' : 'one replica'
    return [
      {
        experiment: before.experiment.id,
        cell: cell.id,
        what: `gain over ${over}`,
        baseline,
        first,
        second,
        scale: 1,
        isMoreBetter: true,
      },
    ]
  })
}

function gain({ run, experiment }: Side, cell: Cell, baseline: Baseline): MedianInterval | null {
  if (!experiment.baselines.includes(baseline)) return null
  const other = baselineOf(baseline, cell, experiment.cells)
  if (other === undefined || other.id === cell.id) return null
  return medianInterval(gainsByRound(rateOf(experiment), cell.id, other.id, samplesOf(run, experiment)))
}

function rateChange({ cell, before, after }: Pair, machine: number): Candidate[] {
  if (!isOwn(cell.factors.strategy) || !isOfNetwork(before.experiment)) return []
  const first = rate(before, cell)
  const second = rate(after, cell)
  if (first === null || second === null) return []
  const { title, better } = declaredMeasures[rateOf(before.experiment)]
  const isMoreBetter = (better as string) !== 'less'
  return [
    {
      experiment: before.experiment.id,
      cell: cell.id,
      what: title.toLowerCase(),
      first,
      second,
      scale: isMoreBetter ? machine : 1 / machine,
      isMoreBetter,
    },
  ]
}

/** The kernel's stack says nothing of what runs without a network, or is limited by an impaired path. */
function isOfNetwork({ cells }: Experiment): boolean {
  return cells.some(({ factors }) => factors.strategy === 'linux')
}

function rate({ run, experiment }: Side, cell: Cell): MedianInterval | null {
  return medianInterval([...ratesByRound(rateOf(experiment), cell.id, samplesOf(run, experiment)).values()])
}

function samplesOf({ samples }: Run, { id }: Experiment) {
  return samples.filter(({ experiment }) => experiment === id)
}

function machineFactor(pairs: readonly Pair[]): number | null {
  const factors = pairs.flatMap(({ cell, before, after }) => {
    if (cell.factors.strategy !== 'linux') return []
    const [first, second] = [rate(before, cell), rate(after, cell)]
    if (first === null || second === null || first.median === 0 || second.median === 0) return []
    const { better } = declaredMeasures[rateOf(before.experiment)]
    const factor = second.median / first.median
    return [(better as string) === 'less' ? 1 / factor : factor]
  })
  return median(factors)
}

function scaled({ second, scale }: Candidate): Interval {
  return { median: second.median / scale, low: second.low / scale, high: second.high / scale }
}

function isCertain(candidate: Candidate, threshold: number): boolean {
  const { first } = candidate
  if (first.coverage < leastCoverage || candidate.second.coverage < leastCoverage) return false
  const second = scaled(candidate)
  const factor = second.median / first.median
  if (!Number.isFinite(factor)) return false
  const apart = 1 - threshold / 2
  const isLess = factor < 1 - threshold && second.high < apart * first.low
  const isMore = factor > 1 / (1 - threshold) && first.high < apart * second.low
  return isLess || isMore
}

function overlap(first: Interval, second: Interval): boolean {
  return first.low <= second.high && second.low <= first.high
}

function toldOf(candidate: Candidate): Change {
  const { experiment, cell, what, first, second, isMoreBetter } = candidate
  const factor = scaled(candidate).median / first.median
  return {
    experiment,
    cell,
    what,
    before: intervalOf(first),
    after: intervalOf(second),
    factor: isMoreBetter ? factor : 1 / factor,
  }
}

function intervalOf({ median: middle, low, high }: MedianInterval): Interval {
  return { median: middle, low, high }
}

function verdictChanges(before: Run, after: Run): VerdictChange[] {
  const [first, second] = [before, after].map(({ manifest, samples, predictions }) =>
    summarize(manifest, samples, predictions),
  )
  return (first?.experiments ?? []).flatMap(({ id, verdict }) => {
    const other = second?.experiments.find((experiment) => experiment.id === id)
    if (other === undefined || other.verdict === verdict) return []
    const ends: readonly Verdict[] = ['reproduced', 'not reproduced']
    const isFlip = ends.includes(verdict) && ends.includes(other.verdict)
    return [{ experiment: id, before: verdict, after: other.verdict, isFlip }]
  })
}
