/** `predict`: what strategies would reach on more processors than this machine has. */
import { Command } from 'commander'
import type { Prediction, PredictionQuestion } from '../../calibrate/predict.ts'
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
}

export function predictCommand(signal: AbortSignal): Command {
  return new Command('predict')
    .description('say what sending would reach on more processors, from costs measured here')
    .option('--costs <file>', 'what `calibrate` wrote', costsPath)
    .option('--draws <number>', 'runs for each answer', '5')
    .option('--cores <number>', 'processors for everybody; default: enough that none is shared')
    .action((options: Options) => run(options, signal))
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
