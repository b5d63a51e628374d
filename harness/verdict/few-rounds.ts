/** What a verdict says of rounds that are too few to judge by. Pure. */

/** Fewer rounds than these show nothing of the noise. */
export const fewestRounds = 3

/** One sentence, or none if the weakest of the intervals holds its median with 95 % probability. */
export function remarksOnCoverage(weakest: number): string[] {
  if (weakest >= 0.95) return []
  return [
    `With so few rounds an interval is the range of its samples, and holds the true median with a probability of ${Math.round(weakest * 100)} % only.`,
  ]
}
