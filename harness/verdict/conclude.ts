/** How the findings of a rule, one for each cell, line or group that it judges, become a verdict. Pure. */
import type { Judgement } from './judgement.ts'

/** `unclear`: the interval allows for both, or rests on too few rounds. */
export type Finding = 'as claimed' | 'unclear' | 'otherwise'

interface Circumstances {
  /** Set for a claim on every cell: one that is unclear leaves it open, where others are as claimed. */
  readonly isOnEvery?: true
  /** Samples that failed: what they would have shown is not known, so that a claim on every cell is not confirmed. */
  readonly failed?: number
  /** Why this machine cannot refute the claim, as a sentence; undefined if it can. */
  readonly cannotRefute?: string | undefined
}

/**
 * No findings tell nothing. Some that are as claimed make it `partly`; under a claim on every cell only if others are
 * otherwise.
 */
export function conclude(
  findings: readonly Finding[],
  reasons: readonly string[],
  { isOnEvery, failed = 0, cannotRefute }: Circumstances = {},
): Judgement {
  if (findings.length === 0) return { verdict: 'cannot tell here', reasons }
  const has = (finding: Finding) => findings.includes(finding)
  if (!has('unclear') && !has('otherwise')) {
    return { verdict: failed > 0 ? 'cannot tell here' : 'reproduced', reasons }
  }
  if (has('as claimed') && (isOnEvery !== true || has('otherwise'))) return { verdict: 'partly', reasons }
  if (has('unclear')) return { verdict: 'cannot tell here', reasons }
  if (cannotRefute === undefined) return { verdict: 'not reproduced', reasons }
  return { verdict: 'cannot tell here', reasons: [...reasons, cannotRefute] }
}
