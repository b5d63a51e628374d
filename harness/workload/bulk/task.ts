/** What the host side of bulk transfers asks of the stack's side, and what it gets back. */
import { z } from 'zod'
import { factorSchemas } from '../../matrix/factors.ts'

export const taskSchema = z.strictObject({
  /** Which way the application's bytes go, as seen from this stack. */
  direction: factorSchemas.direction,
  /** The stack waits for the connections instead of opening them. */
  listens: z.literal(true).exactOptional(),
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  /** Opened one after the other, used at the same time. */
  connections: z.int().min(1).max(1024),
  /** Bytes of each connection before its measurement begins, and those measured. */
  warmupBytes: z.int().nonnegative(),
  transferBytes: z.int().positive(),
  /** File whose bytes, repeated, are the stream. */
  patternPath: z.string(),
})

export const toldSchema = z.strictObject({
  /** Application bytes over all connections, warm-up included. */
  bytes: z.int().nonnegative(),
  /** Received bytes that were compared and equal; 0 when sending, where the peer compares. */
  bytesVerified: z.int().nonnegative(),
  /** Position in its connection of the first byte that differed; null if none did. */
  firstMismatch: z.int().nonnegative().nullable(),
  /** Application bytes after the warm-up, and the time they took at this end. */
  measuredBytes: z.int().nonnegative(),
  measuredMicros: z.number().nonnegative(),
})

export type BulkTask = z.infer<typeof taskSchema>
