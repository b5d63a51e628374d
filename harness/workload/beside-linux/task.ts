/** The task of the stack's side of a flow beside Linux, and the results of both ends of a flow, also of Linux hosts. */
import { z } from 'zod'
import { arrivalsSchema } from '../bidirectional/task.ts'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  /** How long to send. */
  seconds: z.number().positive(),
  /** File whose bytes, repeated, are the stream. */
  patternPath: z.string(),
})

export const senderSchema = z.looseObject({
  sent: count,
  /** By the kernel's account of the connection; our stack counts in its machine. */
  retransmits: count.exactOptional(),
})

export const receiverSchema = z.object({
  received: count,
  /** Received bytes that were as expected. */
  verified: count,
  arrivals: arrivalsSchema,
})

export type BesideLinuxTask = z.infer<typeof taskSchema>
export type SenderTold = z.infer<typeof senderSchema>
export type ReceiverTold = z.infer<typeof receiverSchema>
