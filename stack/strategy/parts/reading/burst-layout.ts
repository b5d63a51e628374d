/**
 * Where the parts of a burst lie: a request that was put together from consecutive segments of one connection, as a network
 * card or a kernel does it (receive offload), so that all of them are applied as one.
 *
 *   slot       frame of the first segment; behind it the payload of the others, unless it was read to its place in the
 *              receive ring; at the end of the slot the headers of the others, a virtio-net header before each
 *
 * Any thread that may look at the request.
 */
import { burstHeadersBytes, frameOffset, headerRoomBytes } from '../../layout/slot-layout.ts'
import { HostArgument, readingAt } from '../slot-frame.ts'

/** Byte offset at which the headers of a burst begin: the slot at word offset `slot` has `slotBytes`. */
export function burstHeadersAt(slot: number, slotBytes: number): number {
  return slot * 4 + slotBytes - burstHeadersBytes
}

/** Byte offset of the Ethernet header of segment `index`; 0 is the first. `headersAt`: see `burstHeadersAt`. */
export function segmentHeaderAt(slot: number, headersAt: number, index: number): number {
  return index === 0 ? readingAt(slot) : headersAt + (index - 1) * headerRoomBytes + frameOffset
}

/** Whether the request is a burst, or has its payload in a receive ring: then its frame is not all in one place. */
export function isInParts(words: Int32Array, slot: number): boolean {
  return words[slot + HostArgument.merged] !== 0 || words[slot + HostArgument.placedAt] !== 0
}
