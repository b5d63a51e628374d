/**
 * How long a stack's process stays. Two processes of the same program differ by some percent, for as long as they live,
 * if only by what their compilers saw first: more rounds of one process would only confirm its luck. But a new one has to
 * be warmed, which takes as long as ten short samples. Pure.
 */
const fewestRounds = 5
const mostProcesses = 8

/** Rounds of one process of a cell, in an experiment of so many rounds. */
export function roundsPerProcess(rounds: number): number {
  return Math.max(fewestRounds, Math.ceil(rounds / mostProcesses))
}
