/** The task of the stack's side of a traced transfer, and the result of the Linux host that sends. */
import { z } from 'zod'
import { senderSchema } from '../beside-linux/task.ts'

export const taskSchema = z.strictObject({
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  /** How long the peer sends. */
  seconds: z.number().positive(),
  /** File whose bytes, repeated, are the stream. */
  patternPath: z.string(),
})

const count = z.number().nonnegative()

export const tracedSenderSchema = senderSchema.extend({
  /** Bounded by the program. */
  trace: z.array(z.tuple([count, count, count, count])).min(1),
})

export type WindowsTask = z.infer<typeof taskSchema>
