/**
 * The command line: `node harness/cli/main.ts <command>`, called by the Makefile. Exit codes: 0 done, 1 failed,
 * 2 wrong usage, 130 interrupted. Results go to stdout, complaints to stderr.
 */
import { Command, CommanderError } from 'commander'
import { failureCode, interruptCode, printError, usageCode } from './exit.ts'
import { interruptible } from './interrupt.ts'
import { commands } from './program.ts'

const program = new Command('dominoes')
  .description('Experiments on replicated network protocol processing')
  .exitOverride()
  .configureHelp({ sortSubcommands: false })

const signal = interruptible()
for (const command of commands(signal)) program.addCommand(command.exitOverride())

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : usageCode
  else {
    if (!signal.aborted) printError(error)
    process.exitCode = failureCode
  }
}
// An interrupted command, or an engine that hangs, leaves unanswered requests, which would keep this process alive.
process.exit(signal.aborted ? interruptCode : process.exitCode)
