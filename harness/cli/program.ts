/** Every command of the command line. */
import type { Command } from 'commander'
import { calibrateCommand } from './commands/calibrate.ts'
import { cleanCommand } from './commands/clean.ts'
import { compareCommand } from './commands/compare.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { listCommand } from './commands/list.ts'
import { mergeCommand } from './commands/merge.ts'
import { newCommand } from './commands/new.ts'
import { predictCommand } from './commands/predict.ts'
import { replayCommand } from './commands/replay.ts'
import { reportCommand } from './commands/report.ts'
import { reproduceCommand } from './commands/reproduce.ts'
import { screenshotsCommand } from './commands/screenshots.ts'
import { setupCommand } from './commands/setup.ts'
import { showCommand } from './commands/show.ts'
import { summaryCommand } from './commands/summary.ts'
import { topCommand } from './commands/top.ts'

/** The commands in the order of `help`. A running command stops once `signal` is aborted. */
export function commands(signal: AbortSignal): Command[] {
  return [
    reproduceCommand,
    mergeCommand,
    compareCommand,
    listCommand,
    showCommand,
    newCommand,
    reportCommand,
    summaryCommand,
    screenshotsCommand,
    calibrateCommand,
    predictCommand,
    demoCommand,
    topCommand,
    replayCommand,
    doctorCommand,
    setupCommand,
    cleanCommand,
  ].map((make) => make(signal))
}
