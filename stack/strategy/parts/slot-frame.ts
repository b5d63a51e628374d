/**
 * Where the frame of a request lies: in its slot, into which it was read, or, if it was put together from fragments, in
 * the datagram store. Any thread that may look at the request. Everything that needs a request's bytes asks here.
 */
import { SlotWord, slotPayloadOffset } from '../../dominoes/contract/slot.ts'
import { frameOffset } from '../layout/stack-layout.ts'

/** Arguments of a frame, from the start of its slot, beyond those that travel with a posted request. */
export const FrameArgument = {
  /** 1 if the source verified the transport checksum, and it was wrong. */
  checksumFailed: SlotWord.arguments,
  /** Byte offset of a frame that lies elsewhere; 0 if it lies in the slot. */
  storedAt: SlotWord.arguments + 7,
} as const

/** Byte offset at which a frame is read into a slot. */
export function readingAt(slot: number): number {
  return slot * 4 + slotPayloadOffset + frameOffset
}

/** Byte offset of the frame of the request in a slot. */
export function frameAtOf(words: Int32Array, slot: number): number {
  const storedAt = words[slot + FrameArgument.storedAt] as number
  return storedAt === 0 ? readingAt(slot) : storedAt
}

/** Whether the request in a slot still needs the frame at this byte offset in the datagram store. */
export function isFrameStoredAt(words: Int32Array, slot: number, storedAt: number): boolean {
  return Atomics.load(words, slot + FrameArgument.storedAt) === storedAt
}

/** The last thread that needs the request in a slot: its frame, if it lies elsewhere, may be overwritten. */
export function letGoOfFrame(words: Int32Array, slot: number): void {
  if (words[slot + FrameArgument.storedAt] === 0) return
  Atomics.store(words, slot + FrameArgument.storedAt, 0)
}
