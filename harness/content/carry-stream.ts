/** Sends and receives the stream of a pattern over a connection of our stack; both may run at the same time. */
import type { Connection } from '../../stack/index.ts'
import type { StreamPattern } from './stream-pattern.ts'

const chunkBytes = 256 * 1024

/**
 * Fills the send ring in place until `total` bytes are written, at most `writeBytes` at once: each write is one request of
 * the stack's. Calls `beforeWrite` with the position of each piece.
 */
export async function fill(
  connection: Connection,
  pattern: StreamPattern,
  total: number,
  beforeWrite: (written: number) => void = () => {},
  writeBytes = chunkBytes,
): Promise<void> {
  const { stream } = connection
  while (stream.written < total) {
    if (stream.closedReason !== undefined) await connection.closed()
    const window = stream.writeWindow(Math.min(writeBytes, total - stream.written))
    if (window.length === 0) {
      await connection.progress()
      continue
    }
    beforeWrite(stream.written)
    window.set(pattern.at(stream.written, window.length))
    stream.commitWrite(window.length)
  }
}

export interface Drained {
  readonly bytes: number
  /** Bytes that were compared and equal. */
  readonly bytesVerified: number
  /** Position of the first byte that was not equal; null if all were. */
  readonly firstMismatch: number | null
}

/** Reads to the end of the peer's stream and compares every byte. Calls `afterRead` with the end of each piece. */
export async function drain(
  connection: Connection,
  pattern: StreamPattern,
  afterRead: (consumed: number) => void,
): Promise<Drained> {
  const { stream } = connection
  let firstMismatch: number | null = null
  let bytesVerified = 0
  for (;;) {
    const window = stream.readWindow(chunkBytes)
    if (window.length === 0) {
      if (stream.finished) break
      if (stream.closedReason !== undefined) await connection.closed()
      await connection.progress()
      continue
    }
    const mismatch = pattern.firstMismatch(window, stream.consumed)
    if (mismatch < 0) bytesVerified += window.length
    else firstMismatch ??= mismatch
    stream.consume(window.length)
    afterRead(stream.consumed)
  }
  return { bytes: stream.consumed, bytesVerified, firstMismatch }
}
