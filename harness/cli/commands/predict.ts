/** `predict`: what strategies would reach on more processors than this machine has. */
import { Command } from 'commander'
import type { ComparableCell, Comparison } from '../../calibrate/compare.ts'
import type { Prediction, PredictionQuestion } from '../../calibrate/predict.ts'
import { HarnessError } from '../../error.ts'
import { reportsFolder } from '../paths.ts'
import { costsPath } from './calibrate.ts'

/** Beside the stack's threads, a processor each for the application and the peer's program. */
const others = 2
const counts = [1, 2, 4, 8, 16]
const strategies = [
  (count: number) => ({ kind: 'replicated', replicas: count }),
  (count: number) => ({ kind: 'locked', workers: count }),
]
const payloadWorks = ['checksum', 'cipher'] as const

interface Options {
  readonly costs: string
  readonly draws: string
  readonly cores?: string
  readonly against?: string
}

export function predictCommand(signal: AbortSignal): Command {
  return new Command('predict')
    .description('say what sending would reach on more processors, from costs measured here')
    .option('--costs <file>', 'what `calibrate` wrote', costsPath)
    .option('--draws <number>', 'runs for each answer', '3')
    .option('--cores <number>', 'processors for everybody; default: enough that none is shared')
    .option('--against <folder>', 'compare with what this run, or `latest`, measured')
    .action((options: Options) =>
      options.against === undefined ? run(options, signal) : check(options, options.against, signal),
    )
}

async function run({ costs, draws, cores }: Options, signal: AbortSignal): Promise<void> {
  const { readCosts } = await import('../../calibrate/calibrate.ts')
  const { predictAll } = await import('../../calibrate/predict.ts')
  const file = await readCosts(costs)
  const question = (
    strategy: PredictionQuestion['strategy'],
    payloadWork: PredictionQuestion['payloadWork'],
  ) => ({
    strategy,
    payloadWork,
    cores: cores === undefined ? threadsOf(strategy) + others : Number(cores),
    seed: 1,
    draws: Number(draws),
  })
  const questions = payloadWorks.flatMap((payloadWork) => [
    question({ kind: 'sequential' }, payloadWork),
    ...strategies.flatMap((strategy) => counts.map((count) => question(strategy(count), payloadWork))),
  ])
  print(['payload work', 'strategy', 'N', 'cores', 'Mbit/s', 'range', 'speed-up', 'range', 'busy'])
  await predictAll(file, questions, (prediction) => print(cells(prediction)), signal)
}

/** The cells of a run that can be predicted, with as many processors as it had. */
async function check({ costs, draws }: Options, against: string, signal: AbortSignal): Promise<void> {
  const { readCosts } = await import('../../calibrate/calibrate.ts')
  const { predictAll } = await import('../../calibrate/predict.ts')
  const { comparableCells, compare, errorsOf } = await import('../../calibrate/compare.ts')
  const { latestRun, readRun } = await import('../../result/store.ts')
  const { summarize } = await import('../../result/summary.ts')
  const file = await readCosts(costs)
  const { manifest, samples } = await (against === 'latest' ? latestRun(reportsFolder) : readRun(against))
  const found = comparableCells(summarize(manifest, samples).experiments)
  const questions = found.map(({ question }) => ({
    ...question,
    cores: manifest.machine.cores,
    seed: 1,
    draws: Number(draws),
  }))
  const comparisons: Comparison[] = []
  print(['payload work', 'strategy', 'N', 'cores', 'Mbit/s', 'measured', 'error'])
  const onPrediction = (prediction: Prediction) => {
    const comparison = compare(found[comparisons.length] as ComparableCell, prediction)
    comparisons.push(comparison)
    const { measuredMbps, error } = comparison
    print([...cells(prediction).slice(0, 5), measuredMbps.toFixed(0), `${(100 * error).toFixed(0)} %`])
  }
  await predictAll(file, questions, onPrediction, signal)
  const errors = errorsOf(comparisons)
  if (errors === null) throw new HarnessError('The run has no cell that can be predicted.', 'make reproduce')
  process.stdout.write(
    `median error ${(100 * errors.median).toFixed(0)} %, largest ${(100 * errors.largest).toFixed(0)} %\n`,
  )
}

function cells({ strategy, payloadWork, cores, goodputMbps, speedup, busyShare }: Prediction): string[] {
  return [
    payloadWork,
    strategy.kind,
    String(threadsOf(strategy)),
    String(cores),
    goodputMbps.median.toFixed(0),
    `${goodputMbps.low.toFixed(0)} … ${goodputMbps.high.toFixed(0)}`,
    speedup.median.toFixed(2),
    `${speedup.low.toFixed(2)} … ${speedup.high.toFixed(2)}`,
    `${(100 * busyShare).toFixed(0)} %`,
  ]
}

function threadsOf({ replicas, workers }: PredictionQuestion['strategy']): number {
  return replicas ?? workers ?? 1
}

const widths = [14, 12, 4, 7, 8, 16, 10, 15, 7]

function print(columns: readonly string[]): void {
  const line = columns.map((text, k) => (k < 2 ? text.padEnd(widths[k] ?? 0) : text.padStart(widths[k] ?? 0)))
  process.stdout.write(`${line.join('').trimEnd()}\n`)
}
