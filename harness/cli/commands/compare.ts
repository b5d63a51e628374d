/** `compare`: what changed from one run to another; fails if the second is worse, for continuous integration. */
import { Command, InvalidArgumentError } from 'commander'
import pc from 'picocolors'
import { HarnessError } from '../../error.ts'
import { formatNumber } from '../../measure/format.ts'
import { type Change, type Comparison, compareRuns, isWorse } from '../../result/compare.ts'
import { latestRun, type Run, readRun } from '../../result/store.ts'
import type { Interval } from '../../statistics/interval.ts'
import { reportsFolder } from '../paths.ts'
import { folderOf } from './merge.ts'

/** As a share. */
const usualThreshold = 0.1

export function compareCommand(): Command {
  return new Command('compare')
    .description('say what changed from one run to another; fails if the second is worse')
    .argument('<before>', 'a run’s folder, or its name in reports/runs, or latest')
    .argument('<after>', 'the other one')
    .option('--threshold <percent>', 'smallest change that counts', parseThreshold, usualThreshold)
    .action(async (before: string, after: string, { threshold }: { threshold: number }) => {
      const runs = [await runOf(before), await runOf(after)] as const
      const comparison = compareRuns(...runs, threshold)
      process.stdout.write(describeComparison(...runs, comparison, threshold))
      if (isWorse(comparison)) process.exitCode = 1
    })
}

/** Throws HarnessError if there is no such run. */
async function runOf(name: string): Promise<Run> {
  return name === 'latest' ? await latestRun(reportsFolder) : await readRun(folderOf(name, reportsFolder))
}

function parseThreshold(text: string): number {
  const percent = Number(text)
  if (percent > 0 && percent < 100) return percent / 100
  throw new InvalidArgumentError('The threshold is a number of percent, above 0 and below 100.')
}

/** Throws HarnessError if the runs have no cell in common. */
export function describeComparison(
  before: Run,
  after: Run,
  { gains, machine, onlyBefore, onlyAfter, verdicts, worse, better }: Comparison,
  threshold: number,
): string {
  const cells = before.manifest.experiments.reduce((sum, experiment) => sum + experiment.cells.length, 0)
  if (cells === onlyBefore) {
    throw new HarnessError(
      'The runs have no cell in common.',
      'Compare runs of the same experiments, for example two of `make reproduce EXPERIMENT=tcp-send`.',
    )
  }
  const percent = `${formatNumber(100 * threshold)} %`
  const lines = [
    `Before: ${nameOf(before)}`,
    `After:  ${nameOf(after)}`,
    '',
    `${cells - onlyBefore} cells are in both; ${onlyBefore} only before, ${onlyAfter} only after.`,
    gains.compared === 0
      ? 'No gain over the sequential stack is in both.'
      : `Gains over the sequential stack: of ${gains.overlapping} of ${gains.compared} the 95 % intervals overlap (${formatNumber((100 * gains.overlapping) / gains.compared)} %).`,
    machine === null
      ? 'No cell of Linux is in both, so rates are not compared: nothing would tell the machine from the code.'
      : `The machine’s own kernel ran at ${formatNumber(machine)} times its rate before; rates are compared beside that.`,
    '',
    ...(verdicts.length === 0 ? ['All verdicts are the same.'] : verdicts.map(verdictLine)),
    '',
    ...(worse.length === 0 ? [`Nothing is worse by more than ${percent}.`] : worse.map(changeLine('Worse'))),
    ...better.map(changeLine('Better')),
  ]
  return `${lines.join('\n')}\n`
}

function nameOf({ manifest: { run, profile, source, complete } }: Run): string {
  const commit = source.commit === null ? 'unknown commit' : source.commit.slice(0, 10)
  const state = complete ? '' : ', not complete'
  return `${run} (${profile}, ${commit}${source.dirty ? ' with uncommitted changes' : ''}${state})`
}

function verdictLine({ experiment, before, after, isFlip }: Comparison['verdicts'][number]): string {
  const line = `Verdict on ${experiment}: ${before}, now ${after}.`
  return isFlip ? pc.red(line) : line
}

function changeLine(word: 'Worse' | 'Better') {
  return ({ experiment, cell, what, before, after, factor }: Change): string => {
    const change = `${factor < 1 ? '−' : '+'}${formatNumber(100 * Math.abs(factor - 1))} %`
    const line = `${word}: ${experiment} ${cell}, ${what}: ${intervalOf(before)}, now ${intervalOf(after)}: ${change}`
    return word === 'Worse' ? pc.red(line) : pc.green(line)
  }
}

function intervalOf({ median, low, high }: Interval): string {
  return `${formatNumber(median)} (${formatNumber(low)} … ${formatNumber(high)})`
}
