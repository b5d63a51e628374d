/**
 * How long a stack's process stays. Two processes of the same program differ by some percent, for as long as they live,
 * if only by what their compilers saw first: more rounds of one process would only confirm its luck. But a new one has to
 * be warmed, which takes as long as ten short samples. Pure.
 */
const fewestRounds = 5
const mostProcesses = 8

/** Number of the process that takes a cell's sample in this round, of an experiment of so many. */
export function processOf(rounds: number, round: number): number {
  return Math.floor(round / Math.max(fewestRounds, Math.ceil(rounds / mostProcesses)))
}
