/** What a measured gain says of the published one. Pure. */
import { fewestRounds } from '../../harness/verdict/few-rounds.ts'
import type { Verdict } from '../../harness/verdict/judgement.ts'
import { publishedGain } from './claims.ts'
import type { Gain, Type } from './gains.ts'

/** `less`: faster or as fast as the sequential stack, or maybe either, and certainly below the published gain. */
export type Outcome = 'as claimed' | 'less' | 'slower' | 'unclear'

/** By the same limits as the verdict of an experiment. */
export function outcomeOf({ interval, rounds }: Pick<Gain, 'interval' | 'rounds'>): Outcome {
  if (interval === null || rounds < fewestRounds) return 'unclear'
  if (interval.low >= publishedGain.low) return 'as claimed'
  if (interval.high < 1) return 'slower'
  return interval.high < publishedGain.low ? 'less' : 'unclear'
}

/** How a type that has several kinds is marked: as a verdict is. */
export function verdictOn(gains: readonly Pick<Gain, 'interval' | 'rounds'>[]): Verdict {
  const outcomes = gains.map(outcomeOf)
  const has = (...wanted: Outcome[]) => outcomes.some((outcome) => wanted.includes(outcome))
  if (has('as claimed')) return has('less', 'slower', 'unclear') ? 'partly' : 'reproduced'
  return has('unclear') || outcomes.length === 0 ? 'cannot tell here' : 'not reproduced'
}

/** Of all replicated kinds of communication over one connection. */
export function countOutcomes(types: readonly Type[]): Readonly<Record<Outcome, number>> {
  const counts = { 'as claimed': 0, less: 0, slower: 0, unclear: 0 }
  for (const gain of replicatedGains(types)) counts[outcomeOf(gain)] += 1
  return counts
}

/** Kinds of communication over one connection, with two replicas or more. */
export function replicatedGains(types: readonly Type[]): Gain[] {
  return types
    .filter(({ connections }) => connections === 1)
    .flatMap(({ by }) => by.get('replicated')?.all ?? [])
}
