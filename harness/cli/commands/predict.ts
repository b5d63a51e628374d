/** `predict`: what strategies would reach on more processors than this machine has, or in the cells of a run. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Answer } from '../../calibrate/predict.ts'
import type { PlannedQuestion } from '../../calibrate/questions.ts'
import { HarnessError } from '../../error.ts'
import { reportsFolder } from '../paths.ts'
import { costsPath } from './calibrate.ts'

const range = {
  strategies: ['sequential', 'replicated', 'locked', 'sharded', 'pipelined'],
  payloadWork: ['checksum', 'cipher'],
  replicas: [1, 2, 4, 8, 16],
} as const
/** Experiments whose cells the virtual cores model. */
const comparable = ['virtual-cores', 'tcp-send']

interface Options {
  readonly costs?: string
  readonly draws: string
  readonly cores?: string
  readonly against?: string
}

export function predictCommand(signal: AbortSignal): Command {
  return new Command('predict')
    .description('say what sending would reach on more processors, from costs measured here')
    .option('--costs <file>', 'what `calibrate` wrote; default: that of the run, or of this machine')
    .option('--draws <number>', 'runs for each answer', '3')
    .option('--cores <number>', 'processors for everybody; default: enough that none is shared')
    .option('--against <folder>', 'compare with what this run, or `latest`, measured')
    .action((options: Options) =>
      options.against === undefined ? run(options, signal) : check(options, options.against, signal),
    )
}

async function run({ costs = costsPath, draws, cores }: Options, signal: AbortSignal): Promise<void> {
  const { outlooksOf } = await import('../../calibrate/questions.ts')
  const effort = { seed: 1, draws: Number(draws) }
  const questions = outlooksOf(range, effort, cores === undefined ? undefined : Number(cores))
  print(['payload work', 'strategy', 'N', 'cores', 'Mbit/s', 'range', 'speed-up', 'range', 'busy'])
  await ask(costs, questions, signal, (question, answer) => print(columnsOf(question, answer)))
}

/** Predicts the cells of a run, with as many processors as the run had, and compares them with what was measured. */
async function check({ costs, draws }: Options, against: string, signal: AbortSignal): Promise<void> {
  const { checksOf } = await import('../../calibrate/questions.ts')
  const { costsName, latestRun, readRun } = await import('../../result/store.ts')
  const { summarize } = await import('../../result/summary.ts')
  const { errorOf, errorSizes } = await import('../../verdict/rules/prediction.ts')
  const { folder, manifest, samples } = await (against === 'latest'
    ? latestRun(reportsFolder)
    : readRun(against))
  const own = join(folder, costsName)
  const { cores } = manifest.machine
  const effort = { seed: 1, draws: Number(draws) }
  const errors: number[] = []
  for (const summary of summarize(manifest, samples).experiments) {
    const experiment = manifest.experiments.find(({ id }) => id === summary.id)
    if (experiment === undefined || !comparable.includes(summary.id)) continue
    process.stdout.write(`${summary.id}\n`)
    print(['payload work', 'strategy', 'N', 'cores', 'Mbit/s', 'measured', 'error'])
    const path = costs ?? (existsSync(own) ? own : costsPath)
    await ask(path, checksOf(experiment, cores, effort), signal, (question, answer) => {
      const cell = summary.cells.find((each) => question.kind === 'check' && each.cell === question.cell)
      const measured = cell?.measures.goodputMbps?.median ?? null
      const error = errorOf(answer.goodputMbps, measured)
      if (measured === null || error === null) return
      errors.push(error)
      const columns = columnsOf(question, answer).slice(0, 5)
      print([...columns, measured.toFixed(0), `${(100 * error).toFixed(0)} %`])
    })
  }
  const sizes = errorSizes(errors)
  if (sizes === null) throw new HarnessError('The run has no cell that can be predicted.', 'make reproduce')
  process.stdout.write(
    `median error ${(100 * sizes.median).toFixed(1)} %, largest ${(100 * sizes.largest).toFixed(1)} %\n`,
  )
}

async function ask(
  costs: string,
  questions: readonly PlannedQuestion[],
  signal: AbortSignal,
  onAnswer: (question: PlannedQuestion, answer: Answer) => void,
): Promise<void> {
  const { readCosts } = await import('../../calibrate/calibrate.ts')
  const { predictAll } = await import('../../calibrate/predict.ts')
  let asked = 0
  for await (const answer of predictAll(await readCosts(costs), questions, signal)) {
    onAnswer(questions[asked] as PlannedQuestion, answer)
    asked += 1
  }
}

function columnsOf(question: PlannedQuestion, { goodputMbps, speedup, busyShare }: Answer): string[] {
  const { payloadWork, strategy, replicas = 1, processors } = question
  return [
    payloadWork,
    strategy,
    String(replicas),
    String(processors),
    goodputMbps.median.toFixed(0),
    `${goodputMbps.low.toFixed(0)} … ${goodputMbps.high.toFixed(0)}`,
    speedup.median.toFixed(2),
    `${speedup.low.toFixed(2)} … ${speedup.high.toFixed(2)}`,
    `${(100 * busyShare).toFixed(0)} %`,
  ]
}

const widths = [14, 12, 4, 7, 8, 16, 10, 15, 7]

function print(columns: readonly string[]): void {
  const line = columns.map((text, k) => (k < 2 ? text.padEnd(widths[k] ?? 0) : text.padStart(widths[k] ?? 0)))
  process.stdout.write(`${line.join('').trimEnd()}\n`)
}
