/** What the host side of the comparison of windows asks of its program, and what it gets back. */
import { z } from 'zod'

/** See `compareWindows`. */
export const taskSchema = z.strictObject({
  replicas: z.int().min(1).max(64),
  seed: z.int().positive(),
  transferBytes: z.int().positive(),
})

const count = z.int().nonnegative()

export const toldSchema = z.strictObject({
  requests: count,
  micros: z.number().positive(),
  distance: z.number().nonnegative(),
  pointsCompared: count,
  pointsExpected: count.positive(),
  receivedBytes: count,
  verifiedBytes: count,
  retransmits: count,
  framesLost: count,
  digestsCompared: count,
  divergences: count,
})

export type WindowsTask = z.infer<typeof taskSchema>
export type Told = z.infer<typeof toldSchema>
