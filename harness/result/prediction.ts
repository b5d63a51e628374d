/**
 * The schema of a prediction: what the virtual cores say, one line of `predictions.ndjson`. Written by the runner, read
 * by the summary and the report. Invariant: low ≤ median ≤ high.
 *
 * There are two sorts. A *check* has the processors of the machine that measured, shared by stack, application and
 * peer, and belongs to a cell: it can be right or wrong. An *outlook* has a processor for each thread of the stack, one
 * for the application and one for the peer's program; there is no measurement to compare it with.
 */
import { z } from 'zod'
import { factorSchemas } from '../matrix/factors.ts'
import { predictionPlanSchema } from '../matrix/prediction-plan.ts'
import { failureSchema } from './sample.ts'

const count = z.int().nonnegative()

/** Median, least and largest over the draws. */
const rangeSchema = z.strictObject({
  median: z.number().positive(),
  low: z.number().positive(),
  high: z.number().positive(),
})

const shape = {
  experiment: z.string(),
  strategy: predictionPlanSchema.shape.strategies.element,
  /** Replicas or workers; absent for the sequential stack. */
  replicas: factorSchemas.replicas.exactOptional(),
  payloadWork: predictionPlanSchema.shape.payloadWork.element,
  /** Shared by the stack's threads, the application and the peer's program. */
  processors: z.int().positive(),
  draws: z.int().positive(),
  goodputMbps: rangeSchema,
  /** Over the sequential stack with the same costs, on as many processors. */
  speedup: rangeSchema,
  /** Share of the time that each of the stack's threads worked. */
  busyShare: z.number().nonnegative(),
  retransmits: count,
}

export const predictionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('check'), cell: z.string(), ...shape }),
  z.strictObject({ kind: z.literal('outlook'), ...shape }),
  /** Why calibration or prediction failed; what came before it counts nevertheless. */
  z.strictObject({ kind: z.literal('failure'), experiment: z.string(), failure: failureSchema }),
])

export type PredictionLine = z.infer<typeof predictionSchema>
export type CheckedPrediction = Extract<PredictionLine, { kind: 'check' }>
export type Outlook = Extract<PredictionLine, { kind: 'outlook' }>
