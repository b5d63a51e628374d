/**
 * For how many rounds a stack's process is kept. The speeds of two processes of the same program differ by some percent
 * as long as they live, for example by what their compilers saw first. So the rounds of a cell are spread over several
 * processes. But each new process needs a warm-up, which takes as long as ten short samples. Pure.
 */
const fewestRounds = 5
const mostProcesses = 8

/** Rounds of one process of a cell, in an experiment with `rounds` rounds. */
export function roundsPerProcess(rounds: number): number {
  return Math.max(fewestRounds, Math.ceil(rounds / mostProcesses))
}
