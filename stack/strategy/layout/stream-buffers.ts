/**
 * The connections' byte streams: for every connection a send and a receive ring in the region. Protocol
 * state holds only positions; bytes are here, and a position is in the ring at `position mod size`.
 *
 *   send     application writes [acknowledged, written); owners of segments read it; freed when every
 *            replica has passed the request that acknowledged it
 *   receive  owners of `deliver` write it; the application reads [consumed, readable). Whoever reads frames may put
 *            bytes beyond all that was received, where nothing is held (`parts/reading/frame-reader.ts`)
 *
 * Invariant: 0 ≤ written - acknowledged ≤ sendBytes and 0 ≤ readable - consumed ≤ receiveBytes.
 */
import type { RegionPlan } from '../../dominoes/memory/region.ts'

export interface StreamBuffers {
  /** Byte offset of connection 0's send ring; the receive rings follow all send rings. */
  readonly sendAt: number
  readonly receiveAt: number
  /** Powers of two. */
  readonly sendBytes: number
  readonly receiveBytes: number
}

export function reserveStreamBuffers(
  plan: RegionPlan,
  connectionCount: number,
  sendBytes: number,
  receiveBytes: number,
): StreamBuffers {
  return {
    sendAt: plan.reserve(connectionCount * sendBytes),
    receiveAt: plan.reserve(connectionCount * receiveBytes),
    sendBytes,
    receiveBytes,
  }
}

/** Byte offset in the region of a connection's send ring. */
export function sendRingAt(buffers: StreamBuffers, connectionIndex: number): number {
  return buffers.sendAt + connectionIndex * buffers.sendBytes
}

/** Byte offset of the receive ring that the byte at `at` is in. */
export function ringAround(buffers: StreamBuffers, at: number): number {
  return at - ((at - buffers.receiveAt) & (buffers.receiveBytes - 1))
}

export function receiveRingAt(buffers: StreamBuffers, connectionIndex: number): number {
  return buffers.receiveAt + connectionIndex * buffers.receiveBytes
}
