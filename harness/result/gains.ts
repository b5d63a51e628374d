/**
 * The gain of one cell over another by a rate, round by round. A gain above 1 is better, also for a rate of which less
 * is better. Pure.
 */
import type { Experiment } from '../matrix/experiment.ts'
import { declaredMeasures, type RateName } from '../measure/measures.ts'
import { type ByRound, ratiosByRound } from '../statistics/ratio.ts'
import { specificationOf } from '../workload/workloads.ts'
import type { Sample } from './sample.ts'
import { isCounted } from './validity.ts'

/** What the cells of an experiment are compared by: the first measure of its workload. */
export function rateOf({ workload }: Pick<Experiment, 'workload'>): RateName {
  return specificationOf(workload).measures[0]
}

/** A rate of a cell's samples that count, by round; those that did not observe it are left out. */
export function ratesByRound(rate: RateName, cell: string, samples: readonly Sample[]): ByRound {
  return new Map(
    samples.flatMap((sample) => {
      if (sample.cell !== cell || !isCounted(sample)) return []
      const value = sample.measures[rate] ?? null
      return value === null ? [] : [[sample.round, value]]
    }),
  )
}

/** The gains of `cell` over `over`, in order of the rounds that both have. */
export function gainsByRound(
  rate: RateName,
  cell: string,
  over: string,
  samples: readonly Sample[],
): number[] {
  const own = ratesByRound(rate, cell, samples)
  const other = ratesByRound(rate, over, samples)
  return isMoreBetter(rate) ? ratiosByRound(own, other) : ratiosByRound(other, own)
}

function isMoreBetter(rate: RateName): boolean {
  const { better }: { better: 'more' | 'less' | 'neither' } = declaredMeasures[rate]
  return better !== 'less'
}
