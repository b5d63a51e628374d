/** What the host side of the model asks of its program, and what it gets back. */
import { z } from 'zod'

/** See `runModel`. */
export const taskSchema = z.strictObject({
  /** 0: one plain loop, without a channel. */
  replicas: z.int().min(0).max(64),
  costs: z.strictObject({ stateRounds: z.int().nonnegative(), payloadRounds: z.int().nonnegative() }),
  requests: z.int().positive(),
  warmupRequests: z.int().nonnegative(),
})

export const toldSchema = z.strictObject({
  requests: z.int(),
  micros: z.number().positive(),
  performedOnce: z.int().nonnegative(),
  digestsCompared: z.int().nonnegative(),
  divergences: z.int().nonnegative(),
})

export type ModelTask = z.infer<typeof taskSchema>
