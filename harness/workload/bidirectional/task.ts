/** The task of the stack's side of transfers in both directions, and the result of each end, also of a Linux host. */
import { z } from 'zod'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  /** Of each direction. */
  bytes: z.int().positive(),
  /** File whose bytes, repeated, are both streams. */
  patternPath: z.string(),
})

/** Pairs of a time and the bytes that this end had received by then; both grow. The first has none, the last all. */
export const arrivalsSchema = z
  .array(z.tuple([z.number(), count]))
  .min(2)
  .readonly()

export const toldSchema = z.object({
  sent: count,
  received: count,
  /** Received bytes that were as expected. */
  verified: count,
  /** In microseconds of the monotonic clock, which all containers of a machine share. */
  arrivals: arrivalsSchema,
})

export type BidirectionalTask = z.infer<typeof taskSchema>
export type Arrivals = readonly (readonly [number, number])[]
export type Told = z.infer<typeof toldSchema>
