/** What the host side of the model asks of its program, and what it gets back. */
import { z } from 'zod'

const count = z.int().nonnegative()

/** See `runModel` and `runLockedModel`. */
export const taskSchema = z.strictObject({
  isLocked: z.boolean(),
  /** Replicas, or threads that share a lock; 0: one plain loop, without a channel. */
  replicas: z.int().min(0).max(64),
  costs: z.strictObject({ stateRounds: count, payloadRounds: count, stateLines: count }),
  requests: z.int().positive(),
  warmupRequests: count,
})

const nanos = z.number().nonnegative().nullable()

export const toldSchema = z.strictObject({
  requests: z.int(),
  micros: z.number().positive(),
  performedOnce: count,
  stateNanos: nanos,
  sectionNanos: nanos,
  payloadNanos: nanos,
  digestsCompared: count,
  divergences: count,
})

export type ModelTask = z.infer<typeof taskSchema>
export type Told = z.infer<typeof toldSchema>
