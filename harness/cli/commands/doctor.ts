/** `doctor`: says what this machine lacks, and how to get it. */
import { Command } from 'commander'
import { HarnessError } from '../../error.ts'

export function doctorCommand(): Command {
  return new Command('doctor').description('say what this machine lacks, and how to get it').action(() => {
    throw new HarnessError('There is no doctor yet.', 'See README.md for what is needed.')
  })
}
