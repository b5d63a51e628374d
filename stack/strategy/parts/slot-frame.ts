/**
 * Where the frame of a request lies: in its slot, into which it was read, or, if it was put together from fragments, in
 * the datagram store. Any thread that may look at the request. Everything that needs a request's bytes asks here.
 */

import { SlotWord, slotPayloadOffset } from '../../dominoes/contract/slot.ts'
import { postedArguments } from '../../protocol/requests.ts'
import { defineRecord } from '../../wire/record.ts'
import { frameOffset } from '../layout/slot-layout.ts'

/** What the source tells of a request, from the start of its slot: beyond the arguments that travel with a posted one. */
export const HostArgument = defineRecord(
  {
    checksumFailed: '1 if the source verified the transport checksum, and it was wrong',
    storedAt: 'byte offset of a frame that lies elsewhere; 0 if it lies in the slot',
    placedAt:
      'byte offset of a payload that was read to its place in a receive ring; 0 if it lies in its frame',
    merged: 'segments that were merged into this request besides the first (reading/burst-layout.ts)',
    payloadBytes: 'bytes of payload of a request in parts: of all its segments',
    isFollowed:
      '1 if the next segment of the same connection was read right after it, into a request of its own',
    isPosted: '1 if it came from the mailbox',
    mailNumber: 'number of its record there',
  },
  SlotWord.arguments + postedArguments,
).offsets

/** Byte offset at which a frame is read into a slot. */
export function readingAt(slot: number): number {
  return slot * 4 + slotPayloadOffset + frameOffset
}

/** When a slot is filled anew: nothing is left in it of where an older frame lay, or what followed that. */
export function forgetFrame(words: Int32Array, slot: number): void {
  words[slot + HostArgument.storedAt] = 0
  words[slot + HostArgument.placedAt] = 0
  words[slot + HostArgument.merged] = 0
  words[slot + HostArgument.isFollowed] = 0
}

/** Byte offset of the frame of the request in a slot. */
export function frameAtOf(words: Int32Array, slot: number): number {
  const storedAt = words[slot + HostArgument.storedAt] as number
  return storedAt === 0 ? readingAt(slot) : storedAt
}

/** Whether the request in a slot still needs the frame at this byte offset in the datagram store. */
export function isFrameStoredAt(words: Int32Array, slot: number, storedAt: number): boolean {
  return Atomics.load(words, slot + HostArgument.storedAt) === storedAt
}

/** The last thread that needs the request in a slot: its frame, if it lies elsewhere, may be overwritten. */
export function letGoOfFrame(words: Int32Array, slot: number): void {
  if (words[slot + HostArgument.storedAt] === 0) return
  Atomics.store(words, slot + HostArgument.storedAt, 0)
}
