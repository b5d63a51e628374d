/** Moves one stream over a connection, in either direction, and sums up what several connections moved together. */
import type { Connection } from '../../../stack/index.ts'
import { drain, fill } from '../../content/carry-stream.ts'
import type { StreamPattern } from '../../content/stream-pattern.ts'
import type { CommonWindow } from './common-window.ts'
import type { BulkTask } from './task.ts'

/** What one connection moved; times in milliseconds of `performance.now()`. */
export interface Moved {
  readonly bytes: number
  /** 0 when sending: then the peer compares, and tells the number itself. */
  readonly bytesVerified: number
  readonly firstMismatch: number | null
  readonly measuredBytes: number
  readonly startedAt: number
  readonly endedAt: number
}

/** Writes all bytes; returns when the peer has closed, too. */
export async function send(connection: Connection, pattern: StreamPattern, spec: BulkTask): Promise<Moved> {
  const total = spec.warmupBytes + spec.transferBytes
  let startedAt = performance.now()
  const beforeWrite = (written: number) => {
    if (written <= spec.warmupBytes) startedAt = performance.now()
  }
  await fill(connection, pattern, total, beforeWrite, spec.writeBytes)
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

/** Reads to the end of the peer's stream and compares every byte. `window` is that of all connections. */
export async function receive(
  connection: Connection,
  pattern: StreamPattern,
  spec: BulkTask,
  window: CommonWindow,
): Promise<Moved> {
  let startedAt = performance.now()
  let endedAt = startedAt
  const drained = await drain(connection, pattern, (consumed) => {
    endedAt = performance.now()
    if (consumed <= spec.warmupBytes) startedAt = endedAt
    window.onProgress(consumed, endedAt)
  })
  window.onEnd()
  connection.close()
  await connection.closed()
  const measuredBytes = Math.max(0, drained.bytes - spec.warmupBytes)
  return { ...drained, measuredBytes, startedAt, endedAt }
}

/** All connections together: sums, and the bytes and the time from the first end of a warm-up to the last byte of all. */
export function together(all: readonly Moved[], window: CommonWindow) {
  const sum = (field: 'bytes' | 'bytesVerified' | 'measuredBytes') =>
    all.reduce((total, moved) => total + moved[field], 0)
  const startedAt = Math.min(...all.map((moved) => moved.startedAt))
  const endedAt = Math.max(...all.map((moved) => moved.endedAt))
  const bytes = sum('bytes')
  const { shares, opened } = window
  // Bytes that came meanwhile to connections that still had their warm-up count, too.
  const measuredBytes = opened === undefined ? sum('measuredBytes') : bytes - opened.consumed
  return {
    bytes,
    bytesVerified: sum('bytesVerified'),
    firstMismatch: all.find((moved) => moved.firstMismatch !== null)?.firstMismatch ?? null,
    measuredBytes,
    measuredMicros: (endedAt - (opened?.at ?? startedAt)) * 1000,
    shares,
  }
}
