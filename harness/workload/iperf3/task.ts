/** What the host side of iperf3 tests asks of the stack's side, and the results of all ends. */
import { z } from 'zod'

const count = z.int().nonnegative()

export const taskSchema = z.strictObject({
  port: z.int().min(1).max(65_535),
  /** Served one after the other. */
  tests: z.int().min(1).max(2),
  /** Of all tests together, for whoever watches the progress. */
  bytes: z.int().positive(),
  timeoutSeconds: z.number().positive(),
  /** File whose bytes, repeated, are each stream that our end sends. */
  patternPath: z.string(),
})

/** Sums over all streams of all tests; verified are those of the received bytes that were as they have to be. */
export const toldSchema = z.strictObject({ sent: count, received: count, verified: count })

/** The client's counts, over all tests; `bytesVerified` if it received. */
export const clientSchema = z.strictObject({
  bytesSent: count,
  bytesReceived: count,
  bytesVerified: count,
  /** Of the last test, by the receiving end, and of each of its streams. */
  measuredBytes: count,
  measuredMicros: z.int().positive(),
  streams: z.array(count),
})

/** The server of a Linux host: what it received and compared, 0 if it sent. */
export const serverSchema = z.strictObject({ bytesReceived: count, bytesVerified: count })

export type Iperf3Task = z.infer<typeof taskSchema>
