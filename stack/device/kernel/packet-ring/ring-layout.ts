/**
 * The shape of a ring that a packet socket shares with the kernel, in its version 2 (TPACKET_V2, linux/if_packet.h and
 * Documentation/networking/packet_mmap.rst): slots of equal size, one frame each, taken in turn.
 *
 *   slot k, at k × slotBytes
 *     byte 0  status     whose the slot is: see `SlotStatus`        both sides
 *          4  length     bytes to send; of a received frame, before it was cut to the slot
 *          8  captured   received: bytes that are in the slot       the kernel
 *         12  place      byte offset of the frame (16 bits); received: then of its packet
 *         32  sent: from here on the frame · received: where it came from
 *         64  received: left to us (PACKET_RESERVE); in slot 0 its first word is the ring's position
 *          …  received: virtio-net header if asked for, then the frame
 *
 * Version 2 and not 3: a version 3 ring is handed over by blocks of frames, a block when it is full or after a time of at
 * least a millisecond, which a lone frame would wait for. Version 1 has no fixed width.
 *
 * Invariant: a power of two of slots, and of bytes in each.
 */
import { assert } from '../../../dominoes/memory/assert.ts'

export const SlotWord = { status: 0, length: 1, captured: 2, place: 3 } as const

/** What the status word says. Bits above are about times and checksums, and mean nothing here. */
export const SlotStatus = {
  /** The kernel's, to be filled; or, where we send, ours again. */
  free: 0,
  /** The kernel has put a frame into it; or, where we send, the frame is complete. */
  filled: 1,
  /** Where we send: the kernel has not let go of it. */
  sending: 2,
  /** Where we send: the kernel cannot read what it says. */
  malformed: 4,
} as const

/** The first byte of a slot at which a frame that is sent may begin, with its virtio-net header: a multiple of 8. */
export const sentAt = 32
/** So many bytes later it may begin, to be in step modulo 8 with where it is copied from. */
export const stepBytes = 7
/** Where a ring's position lies, in bytes: see above. */
export const positionAt = 64
/**
 * What PACKET_RESERVE asks for, in bytes: so many that frames begin 6 bytes after a multiple of 8, as they do in the slots of
 * a stack (`strategy/layout/slot-layout.ts`). Before that the kernel has its header of 12 bytes, if there is one.
 */
export function reservedBytes(virtioHeader: boolean): number {
  return virtioHeader ? 16 : 20
}
/** The kernel's form of the virtio-net header: without the last two bytes of `wire/virtio.ts`. */
export const kernelHeaderBytes = 10

/** Bytes of a slot before a received frame, at most. */
const beforeReceived = 96
const leastSlotBytes = 2048
/** Memory that the kernel allocates at once, a power of two; a larger slot has a block to itself. */
const leastBlockBytes = 1 << 16

export interface RingLayout {
  readonly slotBytes: number
  readonly slotCount: number
  /** What `struct tpacket_req` calls a block: a whole number of slots. */
  readonly blockBytes: number
  readonly sizeBytes: number
}

/** Bytes of a ring in which frames wait until the stack reads them: as many as the window of a fast connection. */
const receiveRingBytes = 4 << 20
/** The least number of slots where frames are large. */
const leastReceiveSlots = 128

/** Room for frames of `frameBytes` without virtio-net header, 1 … 65,549. */
export function planReceiveRing(frameBytes: number): RingLayout {
  assert(frameBytes > 0 && frameBytes < 1 << 17, 'a frame has less than 128 Ki bytes')
  const slotBytes = Math.max(leastSlotBytes, 2 ** Math.ceil(Math.log2(beforeReceived + frameBytes)))
  return ringOf(slotBytes, Math.max(leastReceiveSlots, receiveRingBytes / slotBytes))
}

/** Room for the frames of a few rounds, each of at most `leastSlotBytes - sentAt - stepBytes` with its header: see `packet-ring-device.ts`. */
export const transmitLayout: RingLayout = ringOf(leastSlotBytes, 256)

function ringOf(slotBytes: number, slotCount: number): RingLayout {
  const blockBytes = Math.max(leastBlockBytes, slotBytes)
  return { slotBytes, slotCount, blockBytes, sizeBytes: slotBytes * slotCount }
}
