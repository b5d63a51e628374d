/** What a verdict says of rounds that are too few to judge by. Pure. */
import { coverageOver } from '../statistics/median.ts'

/** Fewer rounds than these do not show how large the noise is. */
export const fewestRounds = 3

/** One sentence if `weakest`, the lowest coverage of the intervals, is below 95 %; else none. It is 0 for one round. */
export function remarksOnCoverage(weakest: number): string[] {
  if (weakest >= 0.95) return []
  if (weakest === 0) return ['With one round there is no interval: nothing shows how large the noise is.']
  return [
    `With so few rounds an interval is the range of its samples, and holds the true median with a probability of ${Math.round(weakest * 100)} % only.`,
  ]
}

/** The same of the measures of cells, which have no coverage beside them: it follows from how many samples each rests on. */
export function remarksOnSamples(cells: readonly { readonly samples: number }[]): string[] {
  if (cells.length === 0) return []
  return remarksOnCoverage(coverageOver(Math.min(...cells.map(({ samples }) => samples))))
}

/** `1.80 … 1.91`; a single round has no interval. */
export function rangeOver(rounds: number, low: string, high: string): string {
  return rounds === 1 ? 'one round' : `${low} … ${high}`
}
