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
  /** Used at the same time. */
  connections: factorSchemas.connections,
  /** Most bytes of one write; the application's own choice if absent. */
  writeBytes: factorSchemas.writeBytes.exactOptional(),
  /** Bytes of each connection before its measurement begins, and those measured. */
  warmupBytes: z.int().nonnegative(),
  transferBytes: z.int().positive(),
  /** File whose bytes, repeated, are the stream. */
  patternPath: z.string(),
})

/**
 * By connection, the bytes that arrived while all of them were under way: from the first that had its warm-up to the
 * first that had all. Null for one connection, at the end that sends, and if there was no such time.
 */
export const sharesSchema = z.array(z.int().nonnegative()).nullable()

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
  shares: sharesSchema,
})

export type BulkTask = z.infer<typeof taskSchema>
