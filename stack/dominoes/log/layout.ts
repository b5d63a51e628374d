/**
 * Layout of a channel's log, a file: everything that `apply` read in one run, in order, and what came of it. Words are
 * 32 bits, little-endian. A header, then records of one size:
 *
 *   header, 32 words                               record
 *   word 0, 1  magic                               word 0  tag        request │ mark      │ end
 *        2     version                                  1  index      index   │ mark      │ mark
 *        3     words of a record                        2  kind       kind    │ digest    │ digest
 *        4     argument words in a request              3  time       time    │ check     │ check
 *        5     head words in a request                  4  random
 *        6     index of the first request               5  length
 *        7     requests between two marks, 0: none      6  verdict
 *        8     bytes of the description                 7  arguments, then head
 *   then the description, padded to whole lines of 128 bytes: what a domain's maker needs, JSON by custom
 *
 * A mark is what it is on the digest board: the count of requests that went into the digest. `check` is a
 * hash of all request records up to there, so that a damaged file is not taken for a divergence. The payload
 * is left out, since `apply` reads only what `check` decoded of it.
 *
 * Written by one recorder. Invariant: requests are consecutive from the first index, each mark stands behind the last
 * request that it counts, and only a whole log has an end record.
 */

import { SlotWord, slotArgumentWords, slotHeadWords } from '../contract/slot.ts'
import { lineBytes } from '../memory/region.ts'

export const logMagic = [0x494d4f44, 0x474f4c4e] as const // "DOMINLOG"
export const logVersion = 1

export const LogHeaderWord = {
  magic: 0,
  version: 2,
  recordWords: 3,
  argumentWords: 4,
  headWords: 5,
  firstIndex: 6,
  digestStride: 7,
  descriptionBytes: 8,
} as const

export const LogTag = { request: 1, mark: 2, end: 3 } as const

export const LogWord = {
  tag: 0,
  index: 1,
  /** Of a request, from here on as in its slot: kind, time, random, length. */
  kind: 2,
  time: 3,
  random: 4,
  length: 5,
  verdict: 6,
  arguments: 7,
  /** Of a mark or an end. */
  digest: 2,
  check: 3,
} as const

/** How much of a slot the domain's `apply` may read. */
export interface LogShape {
  readonly argumentWords: number
  readonly headWords: number
}

/** Everything a slot has: right for any domain. */
export const wholeSlot: LogShape = { argumentWords: slotArgumentWords, headWords: slotHeadWords }

export interface LogHeader {
  readonly shape: LogShape
  /** Channel index of the first request. */
  readonly firstIndex: number
  /** Requests from one digest to the next; 0: the final digest only. */
  readonly digestStride: number
  /** Says which domain this was and how it was configured. */
  readonly description: string
}

export function logRecordWords(shape: LogShape): number {
  return LogWord.arguments + shape.argumentWords + shape.headWords
}

/** Bytes from the start of the file to the first record. */
export function logHeaderBytes(descriptionBytes: number): number {
  return lineBytes + Math.ceil(descriptionBytes / lineBytes) * lineBytes
}

/** Copies what a slot holds into a record. */
export function copyToRecord(
  shape: LogShape,
  words: Int32Array,
  slot: number,
  record: Int32Array,
  at: number,
): void {
  const { argumentWords, headWords } = shape
  for (let k = 0; k < 4; k++) record[at + LogWord.kind + k] = words[slot + SlotWord.kind + k] as number
  record[at + LogWord.verdict] = words[slot + SlotWord.verdict] as number
  const argumentsAt = at + LogWord.arguments
  for (let k = 0; k < argumentWords; k++)
    record[argumentsAt + k] = words[slot + SlotWord.arguments + k] as number
  const headAt = argumentsAt + argumentWords
  for (let k = 0; k < headWords; k++) record[headAt + k] = words[slot + SlotWord.head + k] as number
}

/** Copies a record back into a slot, without the verdict: a check gives that (see domain.ts). */
export function copyFromRecord(
  shape: LogShape,
  record: Int32Array,
  at: number,
  words: Int32Array,
  slot: number,
): void {
  const { argumentWords, headWords } = shape
  for (let k = 0; k < 4; k++) words[slot + SlotWord.kind + k] = record[at + LogWord.kind + k] as number
  const argumentsAt = at + LogWord.arguments
  for (let k = 0; k < argumentWords; k++)
    words[slot + SlotWord.arguments + k] = record[argumentsAt + k] as number
  const headAt = argumentsAt + argumentWords
  for (let k = 0; k < headWords; k++) words[slot + SlotWord.head + k] = record[headAt + k] as number
}
