/** `reproduce`: measures the experiments, then writes the report. */
import { randomInt } from 'node:crypto'
import { join, relative } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { HarnessError } from '../../error.ts'
import type { Experiment } from '../../matrix/experiment.ts'
import { loadExperiment, loadExperiments } from '../../matrix/load.ts'
import { markUnsupported } from '../../matrix/unsupported.ts'
import type { Profile, Shard } from '../../result/manifest.ts'
import { reportName } from '../../result/store.ts'
import { describeMachine, describeSource } from '../../runner/machine.ts'
import { LineProgress, type Progress, TerminalProgress } from '../../runner/progress.ts'
import { findUnfinished } from '../../runner/resume.ts'
import { type RunResult, runExperiments } from '../../runner/run.ts'
import { commonSeed, parseShardPlace, type ShardPlace, shardOf } from '../../shards/divide.ts'
import { recordingsIn } from '../../testbed/recording.ts'
import { experimentsFolder, projectFolder, reportsFolder } from '../paths.ts'
import { withCleanUp } from '../with-clean-up.ts'
import { writeReport } from '../write-report.ts'
import { setUp, tellStep } from './setup.ts'

const largestSeed = 2 ** 32 - 1

export function reproduceCommand(signal: AbortSignal): Command {
  return new Command('reproduce')
    .description('measure the experiments and write the report')
    .addOption(new Option('--profile <name>', 'how many rounds').choices(['full', 'quick']).default('full'))
    .option('--experiment <id>', 'only this experiment')
    .option('--shard <i/n>', 'only what the i-th of n machines measures; `merge` joins them', parseShard)
    .option('--record', 'keep the log of a channel for every replicated cell, to replay it')
    .option('--seed <number>', 'repeat the order of an earlier run', parseSeed)
    .option(
      '--budget <minutes>',
      'how long the run may take: further rounds go to what is least certain',
      parseBudget,
    )
    .option('--fresh', 'begin a new run, though an unfinished one could be gone on with')
    .action((options: ReproduceOptions) => reproduce(options, signal))
}

interface ReproduceOptions {
  readonly profile: Profile
  readonly experiment?: string
  readonly shard?: ShardPlace
  readonly seed?: number
  readonly record?: boolean
  readonly fresh?: boolean
  readonly budget?: number
}

async function reproduce(options: ReproduceOptions, signal: AbortSignal): Promise<void> {
  // Mistakes in experiments come to light before anything is built or started.
  const { experiment, profile, shard: place } = options
  const all =
    experiment === undefined
      ? await loadExperiments(experimentsFolder)
      : [await loadExperiment(experimentsFolder, experiment)]
  const { experiments, shard }: MeasuredPart =
    place === undefined ? { experiments: all } : shardOf(all, profile, place)
  const seed = options.seed ?? (place === undefined ? undefined : commonSeed(all, profile))
  const what = { ...options, seed, shard }
  // Alone until everything is cleaned up: another run would find it in its way.
  const result = await alone(() => withCleanUp(() => measure(experiments, what, signal)))
  process.stdout.write(`Report: ${await writeReport(result.folder)}\n`)
  for (const log of await recordingsIn(result.folder)) {
    process.stdout.write(`Recorded: make replay LOG=${relative(process.cwd(), log)}\n`)
  }
  if (result.interrupted) {
    process.stdout.write('Interrupted. The same command goes on where it stopped; FRESH=1 begins anew.\n')
  }
  if (shard !== undefined && !result.interrupted) {
    const { index, count } = shard
    process.stdout.write(
      `Shard ${index} of ${count}: ${result.folder}\nWhen all are there: make merge RUNS="<the folders of all ${count}>"\n`,
    )
  }
  if (result.complete || result.interrupted) return
  throw new HarnessError(
    `The run is not complete. ${result.remarks.join(' ')}`,
    `Read the reasons above, or in ${join(result.folder, reportName)}, and run again.`,
  )
}

interface MeasuredPart {
  readonly experiments: readonly Experiment[]
  /** Undefined: these are all experiments. */
  readonly shard?: Shard
}

/** Two runs on one machine would disturb each other, whatever checkouts they are of. Throws HarnessError if one is under way. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const { tryLock } = await import('../../docker/lock.ts')
  const lock = await tryLock('run', `\`reproduce\` in ${projectFolder}`)
  if (typeof lock === 'string') {
    throw new HarnessError(
      `A run is under way on this machine (${lock}): two at once would disturb each other.`,
      'Wait until it has ended, or end it with Ctrl-C, or `kill -INT`.',
    )
  }
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

interface MeasureOptions extends Pick<ReproduceOptions, 'profile' | 'record' | 'fresh' | 'budget'> {
  /** Undefined: any. */
  readonly seed: number | undefined
  readonly shard: Shard | undefined
}

async function measure(
  defined: readonly Experiment[],
  { profile, seed, shard, record = false, fresh = false, budget }: MeasureOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  // Fails here, once, if there is no engine: otherwise every sample would fail for the same reason.
  await setUp()
  const { ContainerSampler } = await import('../../testbed/sampler.ts')
  const { virtualCores } = await import('../../calibrate/virtual-cores.ts')
  const machine = await describeMachine()
  const { readyStacks } = await import('../../other-stacks/images.ts')
  const strategies = defined.flatMap(({ cells }) => cells.map(({ factors }) => factors.strategy))
  const lacking = await readyStacks(new Set(strategies), tellStep)
  const experiments = defined.map((each) => markUnsupported(each, { ...machine, lacking }))
  const source = await describeSource(projectFolder)
  const wanted = {
    experiments,
    profile,
    seed,
    machine,
    source,
    records: record,
    budgetMinutes: budget,
    shard,
  }
  const { run: unfinished, remark } = fresh ? {} : await findUnfinished(reportsFolder, wanted)
  if (remark !== undefined) process.stdout.write(`${remark}\n`)
  return runExperiments({
    experiments,
    profile,
    seed: unfinished?.manifest.seed ?? seed ?? randomInt(largestSeed),
    unfinished,
    sampler: new ContainerSampler({ record }),
    predictor: virtualCores,
    reports: reportsFolder,
    machine,
    source,
    signal,
    shard,
    records: record,
    // To be read in a browser while the run goes on.
    betweenExperiments: async (folder) => {
      await writeReport(folder)
    },
    budgetMinutes: budget,
    progress: await openProgress(),
  })
}

/** In place on a terminal, else a line for each sample, which a file can hold. */
async function openProgress(): Promise<Progress> {
  if (!process.stdout.isTTY) return new LineProgress((line) => process.stdout.write(`${line}\n`))
  const { default: logUpdate } = await import('log-update')
  return new TerminalProgress({ draw: logUpdate, keep: logUpdate.persist, done: logUpdate.done })
}

function parseBudget(text: string): number {
  const minutes = Number(text)
  if (minutes > 0 && Number.isFinite(minutes)) return minutes
  throw new InvalidArgumentError('A budget is a number of minutes above 0.')
}

function parseShard(text: string): ShardPlace {
  const place = parseShardPlace(text)
  if (place !== undefined) return place
  throw new InvalidArgumentError('A shard is i/n, such as 2/3: the second of three.')
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed <= largestSeed) return seed
  throw new InvalidArgumentError(`A seed is an integer from 0 to ${largestSeed}.`)
}
