/**
 * What a slot of a stack holds: the frame of a request, and, of a burst (`parts/reading/burst-layout.ts`), the payload of
 * further segments behind it and their headers at the end.
 */
import { slotBytesForSuperFrames, slotPayloadOffset } from '../../dominoes/contract/slot.ts'
import { lineBytes } from '../../dominoes/memory/region.ts'

/**
 * Bytes from a slot's payload to its frame: room for a virtio-net header, and 2 more so that what follows the
 * Ethernet header, and the payload after a header with timestamps, is aligned.
 */
export const frameOffset = 14

/** Segments of one burst. Enough to make what is done for each request small; few, so that threads share the work. */
export const mostSegments = 8
/** Room for headers: before them as much as before a frame, then at most 14, 20 and 60 bytes. */
export const headerRoomBytes = 112
/** Bytes at the end of a slot that headers take. */
export const burstHeadersBytes = (mostSegments - 1) * headerRoomBytes

/** Bytes of a slot with room for a burst of frames, as far as slots go: of the largest frames a few. */
export function slotBytesFor(frameBytes: number): number {
  const first = slotPayloadOffset + frameOffset + frameBytes
  if (first + burstHeadersBytes > slotBytesForSuperFrames) {
    throw new RangeError(`frames of ${frameBytes} bytes do not fit a slot`)
  }
  const burst = first + burstHeadersBytes + (mostSegments - 1) * frameBytes
  return Math.min(Math.ceil(burst / lineBytes) * lineBytes, slotBytesForSuperFrames)
}
