/**
 * Which of a cell's processes has a round. The speeds of two processes of the same program differ by some percent as long
 * as they live, for example by what their compilers saw first. So the rounds of a cell are spread over several processes,
 * also if an experiment ends with the fewest: no interval would show how lucky one process was. But each new process needs
 * a warm-up, which takes several times as long as a short sample. Pure.
 * Invariant: the first seven rounds have three processes, and all rounds of a long experiment have eight at most.
 */

/** The rounds with which the first processes begin. */
const firstRounds = [0, 3, 5]
/** As many rounds they have together: most experiments have no more. */
const roundsOfFirst = 11
const fewestRounds = 4
const mostFurtherProcesses = 5

/** The process, from 0, that has round `round` of an experiment with at most `rounds`. */
export function processOf(round: number, rounds: number): number {
  if (round < roundsOfFirst) return firstRounds.findLastIndex((first) => first <= round)
  const span = Math.max(fewestRounds, Math.ceil((rounds - roundsOfFirst) / mostFurtherProcesses))
  return firstRounds.length + Math.floor((round - roundsOfFirst) / span)
}
