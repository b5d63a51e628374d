/**
 * The command line: `node harness/cli/main.ts <command>`, called by the Makefile. Exit codes: 0 done, 1 failed,
 * 2 wrong usage, 130 interrupted. Results go to stdout, complaints to stderr.
 */
import { Command, CommanderError } from 'commander'
import { calibrateCommand } from './commands/calibrate.ts'
import { cleanCommand } from './commands/clean.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { predictCommand } from './commands/predict.ts'
import { replayCommand } from './commands/replay.ts'
import { reportCommand } from './commands/report.ts'
import { reproduceCommand } from './commands/reproduce.ts'
import { setupCommand } from './commands/setup.ts'
import { summaryCommand } from './commands/summary.ts'
import { topCommand } from './commands/top.ts'
import { interruptCode, printError, usageCode } from './exit.ts'
import { interruptible } from './interrupt.ts'

const program = new Command('dominoes')
  .description('Experiments on replicated network protocol processing')
  .exitOverride()
  .configureHelp({ sortSubcommands: false })

const signal = interruptible()
for (const make of [
  reproduceCommand,
  reportCommand,
  summaryCommand,
  calibrateCommand,
  predictCommand,
  demoCommand,
  topCommand,
  replayCommand,
  doctorCommand,
  setupCommand,
  cleanCommand,
]) {
  program.addCommand(make(signal).exitOverride())
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : usageCode
  else {
    if (!signal.aborted) printError(error)
    process.exitCode = 1
  }
}
// What was interrupted may have left a request to the engine unanswered, which would keep this process waiting.
if (signal.aborted) process.exit(interruptCode)
