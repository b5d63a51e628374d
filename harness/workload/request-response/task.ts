/** The task of the stack's side of requests and responses, and the result of each end, also of a Linux host. */
import { z } from 'zod'
import { factorSchemas } from '../../matrix/factors.ts'
import { histogramSchema } from '../../measure/histogram.ts'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  /** Which end the stack is; a server listens. */
  role: factorSchemas.role,
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  connections: factorSchemas.connections,
  messageBytes: factorSchemas.messageBytes,
  /** Requests under way at the same time on each connection. */
  depth: factorSchemas.depth,
  /** Before the measurement begins, and how long it lasts. */
  settlingSeconds: z.number().nonnegative(),
  seconds: z.number().positive(),
  /** File whose bytes, repeated, are the streams of requests and of responses. */
  patternPath: z.string(),
})

/** Bytes over all connections. Verified: of those received, the prefix that was as expected. */
const ended = { sent: count, received: count, verified: count }

export const serverSchema = z.strictObject(ended)

export const clientSchema = z.strictObject({
  ...ended,
  /** Requests answered within the measured time, and all that were answered. */
  transactions: count,
  allTransactions: count,
  measuredMicros: z.number().positive(),
  /** Latencies of the transactions within the measured time, in tenths of a microsecond. */
  latencyTicks: histogramSchema,
})

export type RequestResponseTask = z.infer<typeof taskSchema>
export type ServerTold = z.infer<typeof serverSchema>
export type ClientTold = z.infer<typeof clientSchema>
