/** Drops superseded ACKs before they are published: see `wire/superseded-ack.ts`. */

import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Request } from '../../protocol/requests.ts'
import { supersedesAck } from '../../wire/superseded-ack.ts'
import { HostArgument, readingAt } from './slot-frame.ts'

/**
 * If the frame of `frameBytes` just read into `slot` supersedes the one in slot `before`, copies it there, with the
 * device's header of `headerBytes` before it. Both slots are still the reader's alone.
 */
export function supersede(
  { words, bytes }: Region,
  before: number,
  slot: number,
  frameBytes: number,
  headerBytes: number,
): boolean {
  if (words[before + SlotWord.kind] !== Request.frame) return false
  if (words[before + HostArgument.storedAt] !== 0) return false
  const beforeAt = readingAt(before)
  const at = readingAt(slot)
  const beforeBytes = words[before + SlotWord.length] as number
  if (!supersedesAck(bytes, beforeAt, beforeBytes, at, frameBytes)) return false
  words[before + SlotWord.length] = frameBytes
  bytes.copyWithin(beforeAt - headerBytes, at - headerBytes, at + frameBytes)
  return true
}
