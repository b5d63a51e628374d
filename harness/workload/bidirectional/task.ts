/** What the host side of transfers in both directions asks of the stack's side, and what either end tells, also at a Linux host. */
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

/** Pairs of a time and of the bytes that this end had taken by then, both growing: the first with none, the last with all. */
export const arrivalsSchema = z
  .array(z.tuple([z.number(), count]))
  .min(2)
  .readonly()

export const toldSchema = z.object({
  sent: count,
  received: count,
  /** Of those received, those that were as expected. */
  verified: count,
  /** In microseconds of the monotonic clock, which all containers of a machine share. */
  arrivals: arrivalsSchema,
})

export type BidirectionalTask = z.infer<typeof taskSchema>
export type Arrivals = readonly (readonly [number, number])[]
export type Told = z.infer<typeof toldSchema>
