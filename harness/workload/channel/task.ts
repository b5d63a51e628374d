/** What the host side of the channel asks of its program, and what it gets back. */
import { z } from 'zod'

/** See `runChannel`. */
export const taskSchema = z.strictObject({
  readers: z.int().min(1).max(64),
  idle: z.enum(['spin', 'backoff', 'park']),
  slotCount: z.int().positive(),
  batch: z.int().positive(),
  requests: z.int().positive(),
  warmupRequests: z.int().nonnegative(),
})

const count = z.int().nonnegative()
const nanos = z.number().nonnegative().nullable()

export const toldSchema = z.strictObject({
  micros: z.number().positive(),
  seenInOrder: count,
  claimedOnce: count,
  won: z.array(count).min(1),
  publishNanos: nanos,
  dequeueNanos: nanos,
  claimNanos: nanos,
  digestsCompared: count,
  divergences: count,
})

export type ChannelTask = z.infer<typeof taskSchema>
export type Told = z.infer<typeof toldSchema>
