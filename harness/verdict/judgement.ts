/** What a rule is given of an experiment's cells, and its answer. `judge.ts` imports the files with the rules. Pure. */
import type { Factors } from '../matrix/factors.ts'
import type { Combined } from '../measure/combine.ts'
import type { MeasureName } from '../measure/measures.ts'
import type { Interval } from '../statistics/interval.ts'
import type { MedianInterval } from '../statistics/median.ts'

export type Verdict = 'reproduced' | 'partly' | 'not reproduced' | 'cannot tell here'

export interface Judgement {
  readonly verdict: Verdict
  /** Whole sentences that say why. */
  readonly reasons: readonly string[]
}

/** What the rule needs to know of a cell. */
export interface JudgedCell {
  readonly factors: Factors
  /** Sound samples, and those with wrong bytes or states. */
  readonly samples: number
  readonly void: number
  /** All measures of the workload, for rules that name one. */
  readonly measures?: Combined
  readonly speedupOverSequential: Interval | null
  readonly speedupOverSingle?: Interval | null
  /** Only if the workload measures it and a stack of ours was at work. */
  readonly work?: Work | null
  readonly roundsCompared: number
  readonly speedupCoverage: number
  readonly failed: number
  readonly disturbances: number
  readonly gapMillis: Interval | null
  readonly digestsCompared: number
  readonly divergences: number
  readonly cost: Cost | null
  /** The gain over the same cell of the other strategy, if the verdict is on a crossover. */
  readonly overRival?: Compared | null
  /** Only if the verdict is on a contrast, and the cell is one that it judges. */
  readonly contrast?: Compared | null
  readonly predicted: PredictedCell | null
}

/** Processor time of a stack, in seconds for 10⁹ bytes. */
export interface Work {
  /** Of its threads: rounds that found nothing to do are `polling`, all else is `busy`. */
  readonly busy: number
  readonly polling: number
  readonly application: number
}

/** What follows from comparing two cells within rounds. */
export interface Compared extends Interval {
  /** Rounds that it rests on, and the probability that the interval holds the true median. */
  readonly rounds: number
  readonly coverage: number
}

export function compared({ median, low, high, samples, coverage }: MedianInterval): Compared {
  return { median, low, high, rounds: samples, coverage }
}

/** Shares of the measure that cells are compared by: 0.01 is 1 %. Below 0 if the cell that pays was the faster one. */
export type Cost = Compared

/** What the virtual cores predict for a cell, and the error against the measurement. */
export interface PredictedCell {
  readonly processors: number
  readonly goodputMbps: Interval
  readonly speedupOverSequential: Interval
  /** Signed, as a share of the measured median; null if nothing was measured. */
  readonly error: number | null
}

/** A sum has no interval. Null for a distribution, too, which is no number. */
export function numberOf({ measures }: Pick<JudgedCell, 'measures'>, name: MeasureName): Interval | null {
  const value = measures?.[name] ?? null
  if (typeof value === 'number') return { median: value, low: value, high: value }
  return value !== null && 'median' in value ? value : null
}
