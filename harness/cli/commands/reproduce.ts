/** `reproduce`: measures the experiments, then writes the report. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { HarnessError } from '../../error.ts'
import { loadExperiments, selectExperiments } from '../../matrix/load.ts'
import type { Profile } from '../../result/manifest.ts'
import { reportName } from '../../result/store.ts'
import { describeMachine, describeSource } from '../../runner/machine.ts'
import { LineProgress } from '../../runner/progress.ts'
import { runExperiments } from '../../runner/run.ts'
import { loadModule } from '../load-module.ts'
import { experimentsFolder, projectFolder, reportsFolder } from '../paths.ts'
import { writeReport } from '../write-report.ts'

const largestSeed = 2 ** 32 - 1

export function reproduceCommand(signal: AbortSignal): Command {
  return new Command('reproduce')
    .description('measure the experiments and write the report')
    .addOption(new Option('--profile <name>', 'how many rounds').choices(['full', 'quick']).default('full'))
    .option('--experiment <id>', 'only this experiment')
    .option('--seed <number>', 'repeat the order of an earlier run', parseSeed)
    .action((options: { profile: Profile; experiment?: string; seed?: number }) => reproduce(options, signal))
}

async function reproduce(
  { profile, experiment, seed }: { profile: Profile; experiment?: string; seed?: number },
  signal: AbortSignal,
): Promise<void> {
  const experiments = selectExperiments(await loadExperiments(experimentsFolder), experiment)
  const { createExecutor } = await loadModule.executor()
  const result = await runExperiments({
    experiments,
    profile,
    seed: seed ?? randomInt(largestSeed),
    executor: await createExecutor(),
    reports: reportsFolder,
    machine: await describeMachine(),
    source: await describeSource(projectFolder),
    signal,
    progress: (schedule) => new LineProgress(schedule, (line) => process.stdout.write(`${line}\n`)),
  })
  const report = await writeReport(result.folder)
  process.stdout.write(`Report: ${report}\n`)
  if (result.complete || result.interrupted) return
  throw new HarnessError(
    `The run is not complete. ${result.remarks.join(' ')}`,
    `Read the reasons above, or in ${join(result.folder, reportName)}, and run again.`,
  )
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed <= largestSeed) return seed
  throw new InvalidArgumentError(`A seed is an integer from 0 to ${largestSeed}.`)
}
