/** `demo`: one connection, watched while it runs. */
import { Command } from 'commander'
import { HarnessError } from '../../error.ts'

export function demoCommand(): Command {
  return new Command('demo').description('watch one replicated connection').action(() => {
    throw new HarnessError(
      'There is no demonstration yet.',
      'Measure instead: `make reproduce PROFILE=quick`.',
    )
  })
}
