/** Asks the virtual cores, in a process of their own, what strategies would reach with the costs in a file. */
import { execa } from 'execa'
import { z } from 'zod'
import { HarnessError } from '../error.ts'
import type { CostsFile } from './costs-file.ts'

export interface PredictionQuestion {
  readonly strategy: {
    readonly kind: string
    readonly replicas?: number | undefined
    readonly workers?: number | undefined
  }
  readonly payloadWork: 'copy' | 'checksum' | 'cipher'
  /** Processors for everybody: the stack's threads, the application, the peer's program. */
  readonly cores: number
  readonly seed: number
  /** Runs, each with costs drawn from their intervals. */
  readonly draws: number
}

const rangeSchema = z.object({ median: z.number(), low: z.number(), high: z.number() })

const predictionSchema = z.object({
  strategy: z.object({ kind: z.string(), replicas: z.int().optional(), workers: z.int().optional() }),
  payloadWork: z.enum(['copy', 'checksum', 'cipher']),
  cores: z.int(),
  goodputMbps: rangeSchema,
  /** Over the sequential stack with the same costs. */
  speedup: rangeSchema,
  busyShare: z.number(),
  retransmits: z.number(),
})

export type Prediction = z.infer<typeof predictionSchema>

const program = new URL('../../stack/sim/cores/answer.ts', import.meta.url)

/** Calls `onPrediction` for every question in turn. */
export async function predictAll(
  costs: CostsFile,
  questions: readonly PredictionQuestion[],
  onPrediction: (prediction: Prediction) => void,
  signal: AbortSignal,
): Promise<void> {
  const { quantities, payload, stalls, scatter } = costs
  const child = execa(process.execPath, [program.pathname], {
    input: JSON.stringify({ costs: { quantities, payload, stalls, scatter }, questions }),
    cancelSignal: signal,
    reject: false,
  })
  for await (const line of child) onPrediction(predictionSchema.parse(JSON.parse(line)))
  const { exitCode, stderr } = await child
  if (exitCode === 0 || signal.aborted) return
  throw new HarnessError(
    `The virtual cores failed: ${stderr.split('\n').find((line) => /Error/.test(line)) ?? stderr}`,
    'Measure the costs again: make calibrate',
  )
}
