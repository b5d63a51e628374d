/** `calibrate`: measures what operations cost on this machine, for the virtual cores. */
import { join } from 'node:path'
import { Command } from 'commander'
import { reportsFolder } from '../paths.ts'
import { withCleanUp } from '../with-clean-up.ts'

export const costsPath = join(reportsFolder, 'costs.json')
const busyLoad = 0.7

interface Options {
  readonly output: string
  readonly repetitions: string
}

export function calibrateCommand(signal: AbortSignal): Command {
  return new Command('calibrate')
    .description('measure what operations cost on this machine')
    .option('--output <file>', 'where to write', costsPath)
    .option('--repetitions <number>', 'how often everything is measured', '12')
    .action((options: Options) => withCleanUp(() => run(options, signal)))
}

async function run({ output, repetitions }: Options, signal: AbortSignal): Promise<void> {
  const { calibrate } = await import('../../calibrate/calibrate.ts')
  const { formatCosts } = await import('../../calibrate/table.ts')
  const file = await calibrate({
    path: output,
    repetitions: Math.max(1, Number(repetitions) || 1),
    seed: 1,
    signal,
    progress: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(`${formatCosts(file)}\n\n${output}, in ${file.seconds.toFixed(0)} s\n`)
  if (file.loadAverage > busyLoad) {
    process.stderr.write(
      `The machine was busy when this began (load ${file.loadAverage.toFixed(1)}): numbers are too high.\n`,
    )
  }
}
