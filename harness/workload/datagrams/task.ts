/** The task of the stack's side of datagrams, and the result of each end, also of a Linux host. */
import { z } from 'zod'
import { factorSchemas } from '../../matrix/factors.ts'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  /** Which way the datagrams go, as seen from the stack. The receiver listens. */
  direction: factorSchemas.direction,
  peerAddress: z.string(),
  /** Of the receiver: for datagrams, and for the connection over which the sender tells how many there were. */
  port: z.int().min(1).max(65_535),
  datagramBytes: factorSchemas.datagramBytes,
  /** Datagrams sent each second, whether or not they arrive; 0: only `windowDatagrams` limits them. */
  offeredPerSecond: count,
  /** How many datagrams the sender may be ahead of the receiver's last report, if `offeredPerSecond` is 0. */
  windowDatagrams: z.int().positive(),
  /** Before the measurement begins, and how long it lasts. */
  settlingSeconds: z.number().nonnegative(),
  seconds: z.number().positive(),
  /** Missing datagrams count as lost if none has arrived for this time after the sender has ended. */
  quietSeconds: z.number().positive(),
  /** File whose bytes, repeated, fill the datagrams. */
  patternPath: z.string(),
})

export const senderSchema = z.strictObject({
  sent: count,
  /** How long it sent. */
  sentMicros: z.number().positive(),
})

export const receiverSchema = z.strictObject({
  /** As the sender told it. */
  total: count,
  /** Numbers that arrived with their proper content. */
  distinct: count,
  /** Those of them that arrived within the measured time. */
  measured: count,
  measuredMicros: z.number().positive(),
  /** Datagrams beyond the first with their number. */
  duplicated: count,
  /** Behind a datagram with a higher number (RFC 4737 section 3.3). */
  reordered: count,
  /** Of another length or content than any datagram that was sent. */
  damaged: count,
})

export type DatagramTask = z.infer<typeof taskSchema>
export type SenderTold = z.infer<typeof senderSchema>
export type ReceiverTold = z.infer<typeof receiverSchema>
