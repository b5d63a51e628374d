/** The id that a command was given; it is asked for in the words of `make`, whose variable may have been forgotten. */
import { HarnessError } from '../error.ts'

/** Throws HarnessError if there is none. */
export function experimentId(given: string | undefined, target: string): string {
  if (given !== undefined) return given
  throw new HarnessError(
    'Which experiment?',
    `make ${target} EXPERIMENT=<id>; \`make list\` prints those there are.`,
  )
}
