/**
 * How sure the ratios of an experiment are: what a run goes by when it decides whether one more round is worth its time.
 * Pure.
 */
import type { Experiment } from '../matrix/experiment.ts'
import { comparedWith } from '../matrix/schedule.ts'
import { medianInterval } from '../statistics/median.ts'
import { gainsByRound, rateOf, ratesByRound } from './gains.ts'
import type { Sample } from './sample.ts'

/** Below this probability to hold the true median an interval says nothing yet. */
const confidence = 0.95

/**
 * Half the width of the widest interval among the experiment's ratios, as a share of the ratio: 0.05 is ± 5 %. Infinity as
 * long as a ratio has too few rounds for an interval of 95 %. A ratio of which fewer than half of the rounds count is left
 * out: a cell of it fails, or is disturbed, again and again, and more rounds would not change that.
 *
 * A run looks at it after every round, and stops when it is small. Intervals are not corrected for that: the true median is
 * outside of them a little more often than their coverage says.
 */
export function uncertaintyOf(experiment: Experiment, samples: readonly Sample[]): number {
  const rate = rateOf(experiment)
  const begun = 1 + Math.max(-1, ...samples.map(({ round }) => round))
  const compared = experiment.cells.flatMap((cell) => {
    const over = comparedWith(cell, experiment)
    return over === undefined ? [] : [[cell.id, over.id] as const]
  })
  // Where nothing is compared, what is measured is the result.
  const results =
    compared.length > 0
      ? compared.map(([cell, over]) => gainsByRound(rate, cell, over, samples))
      : experiment.cells.map((cell) => [...ratesByRound(rate, cell.id, samples).values()])
  const known = results.filter((values) => 2 * values.length >= begun)
  return Math.max(0, ...known.map(relativeHalfWidth))
}

function relativeHalfWidth(values: readonly number[]): number {
  const interval = medianInterval(values)
  if (interval === null || interval.coverage < confidence) return Number.POSITIVE_INFINITY
  return (interval.high - interval.low) / 2 / interval.median
}
