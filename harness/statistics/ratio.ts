/**
 * Speed-ups. A ratio is taken within a round, where both samples met the same machine, and only then summarized:
 * a slow minute cancels out. Pure.
 */
/** One quantity of one cell by round; a round whose sample failed is absent. */
export type ByRound = ReadonlyMap<number, number>

/** Ratios of the rounds that both have, in order of rounds. A baseline of 0 has no ratio. */
export function ratiosByRound(numerator: ByRound, baseline: ByRound): number[] {
  return [...numerator.keys()]
    .sort((a, b) => a - b)
    .filter((round) => (baseline.get(round) ?? 0) > 0)
    .map((round) => (numerator.get(round) as number) / (baseline.get(round) as number))
}
