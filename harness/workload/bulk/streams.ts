/** Moves one stream over a connection, in either direction, and sums up what several connections moved together. */
import type { Connection } from '../../../stack/index.ts'
import type { StreamPattern } from '../../content/stream-pattern.ts'
import type { BulkTask } from './task.ts'

const chunkBytes = 256 * 1024

/** What one connection moved; times in milliseconds of `performance.now()`. */
export interface Moved {
  readonly bytes: number
  /** 0 when sending: the peer compares, and says so itself. */
  readonly bytesVerified: number
  readonly firstMismatch: number | null
  readonly measuredBytes: number
  readonly startedAt: number
  readonly endedAt: number
}

/** Fills the send ring in place until all bytes are written; returns when the peer has closed, too. */
export async function send(connection: Connection, pattern: StreamPattern, spec: BulkTask): Promise<Moved> {
  const { stream } = connection
  const total = spec.warmupBytes + spec.transferBytes
  let startedAt = performance.now()
  while (stream.written < total) {
    if (stream.closedReason !== undefined) await connection.closed()
    const window = stream.writeWindow(Math.min(chunkBytes, total - stream.written))
    if (window.length === 0) {
      await connection.progress()
      continue
    }
    if (stream.written <= spec.warmupBytes) startedAt = performance.now()
    window.set(pattern.at(stream.written, window.length))
    stream.commitWrite(window.length)
  }
  connection.close()
  await connection.closed()
  return {
    bytes: total,
    bytesVerified: 0,
    firstMismatch: null,
    measuredBytes: spec.transferBytes,
    startedAt,
    endedAt: performance.now(),
  }
}

/** Reads to the end of the peer's stream and compares every byte. */
export async function receive(
  connection: Connection,
  pattern: StreamPattern,
  spec: BulkTask,
): Promise<Moved> {
  const { stream } = connection
  let startedAt = performance.now()
  let endedAt = startedAt
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
    endedAt = performance.now()
    if (stream.consumed <= spec.warmupBytes) startedAt = endedAt
  }
  const bytes = stream.consumed
  connection.close()
  await connection.closed()
  const measuredBytes = Math.max(0, bytes - spec.warmupBytes)
  return { bytes, bytesVerified, firstMismatch, measuredBytes, startedAt, endedAt }
}

/** All connections as one: sums, and the time from the first that was warm to the last byte of all. */
export function together(all: readonly Moved[]) {
  const sum = (field: 'bytes' | 'bytesVerified' | 'measuredBytes') =>
    all.reduce((total, moved) => total + moved[field], 0)
  const startedAt = Math.min(...all.map((moved) => moved.startedAt))
  const endedAt = Math.max(...all.map((moved) => moved.endedAt))
  return {
    bytes: sum('bytes'),
    bytesVerified: sum('bytesVerified'),
    firstMismatch: all.find((moved) => moved.firstMismatch !== null)?.firstMismatch ?? null,
    measuredBytes: sum('measuredBytes'),
    measuredMicros: (endedAt - startedAt) * 1000,
  }
}
