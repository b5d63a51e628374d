/** Asks the virtual cores, in processes of their own, what strategies would reach with the costs in a file. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { type AskedQuestion, simulationPrograms } from '../../stack/sim/index.ts'
import { HarnessError } from '../error.ts'
import type { CostsFile } from './costs-file.ts'
import { errorLine } from './error-line.ts'
import type { PredictionQuestion } from './questions.ts'

const rangeSchema = z.object({ median: z.number(), low: z.number(), high: z.number() })

const answerSchema = z.object({
  goodputMbps: rangeSchema,
  /** Over the sequential stack with the same costs. */
  speedup: rangeSchema,
  busyShare: z.number(),
  retransmits: z.number(),
})

export type Answer = z.infer<typeof answerSchema>

/**
 * With more threads than this the simulated transfer is shortened, because simulating takes longer with each thread.
 * The shorter warm-up is still enough to open the congestion windows.
 */
const manyThreads = 16
const shortTransfer = { warmupBytes: 8e6, measuredBytes: 8e6 }

const program = fileURLToPath(new URL(`../../${simulationPrograms.answer}`, import.meta.url))

/**
 * The answers, in the order of the questions. They keep all processors of this machine busy. Throws HarnessError if
 * the virtual cores fail, or once the signal is aborted; leaves no process behind.
 */
export async function* predictAll(
  costs: CostsFile,
  questions: readonly PredictionQuestion[],
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const { quantities, payload, stalls, scatter } = costs
  const count = Math.min(availableParallelism(), questions.length)
  const children = Array.from({ length: count }, (_, index) => {
    const own = questions.filter((_question, k) => k % count === index).map(asAsked)
    const input = JSON.stringify({ costs: { quantities, payload, stalls, scatter }, questions: own })
    const child = execa(process.execPath, [program], { input, cancelSignal: signal, reject: false })
    return { child, lines: child[Symbol.asyncIterator]() }
  })
  try {
    for (let k = 0; k < questions.length; k += 1) {
      const { child, lines } = children[k % count] as (typeof children)[number]
      const { value, done } = await lines.next()
      if (done === true) throw failureOf((await child).stderr, signal)
      yield answerSchema.parse(JSON.parse(value))
    }
  } finally {
    for (const { child } of children) child.kill()
    await Promise.all(children.map(({ child }) => child))
  }
}

function failureOf(stderr: string, signal: AbortSignal): HarnessError {
  if (signal.aborted) return new HarnessError('The virtual cores were interrupted.', 'Ask again.')
  return new HarnessError(
    `The virtual cores failed: ${errorLine(stderr)}`,
    'Measure the costs again: make calibrate',
  )
}

/** The question in the form that the virtual cores take. */
function asAsked({
  strategy,
  replicas,
  payloadWork,
  processors,
  seed,
  draws,
}: PredictionQuestion): AskedQuestion {
  const option = { kind: strategy, [strategy === 'replicated' ? 'replicas' : 'workers']: replicas }
  const size = (replicas ?? 1) > manyThreads ? shortTransfer : {}
  return {
    strategy: option as AskedQuestion['strategy'],
    payloadWork,
    cores: processors,
    seed,
    draws,
    ...size,
  }
}
