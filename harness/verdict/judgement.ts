/** What a rule is told of an experiment's cells, and what it answers. The rules are `judge.ts` and the files it names. */
import type { Factors } from '../matrix/factors.ts'
import type { Interval } from '../statistics/interval.ts'

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
  readonly speedupOverSequential: Interval | null
  readonly speedupOverSingle?: Interval | null
  /** Where the workload measures it, and a stack of ours was at work. */
  readonly work?: Work | null
  readonly roundsCompared: number
  readonly speedupCoverage: number
  readonly failed: number
  readonly disturbances: number
  readonly gapMillis: Interval | null
  readonly digestsCompared: number
  readonly divergences: number
  readonly cost: Cost | null
  readonly predicted: PredictedCell | null
}

/** Processor time of a stack, in seconds for 10⁹ bytes. */
export interface Work {
  /** Of its threads: all but what polled in vain, and that. */
  readonly busy: number
  readonly polling: number
  readonly application: number
}

/** Shares of what cells are compared by: 0.01 is 1 %. Below 0, the cell that pays was the faster one. */
export interface Cost {
  readonly median: number
  readonly low: number
  readonly high: number
  /** Rounds that it rests on, and the probability that the interval holds the true median. */
  readonly rounds: number
  readonly coverage: number
}

/** What the virtual cores say of a cell, beside what was measured. */
export interface PredictedCell {
  readonly processors: number
  readonly goodputMbps: Interval
  readonly speedupOverSequential: Interval
  /** Signed, as a share of the measured median; null if nothing was measured. */
  readonly error: number | null
}
