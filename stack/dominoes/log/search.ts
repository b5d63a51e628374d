/**
 * Finds the request at which instances of a domain, fed from one log, first differ: applies it to all of them on one
 * thread, and from a given index on compares their digests after every request. Slow where it compares, exact.
 */

import { SlotWord } from '../contract/slot.ts'
import type { ReplayedDomain } from './domain.ts'
import { copyFromRecord, LogTag, LogWord } from './layout.ts'
import type { LogReader } from './reader.ts'

export interface FirstDifference {
  /** Channel index of the first request after which two digests differ. */
  readonly index: number
  /** The domain that differs from the first. */
  readonly domain: number
}

/**
 * Applies the log from its start up to the request before `untilMark`, comparing after each from the mark
 * `fromMark` on. `slot` is the word offset of the one slot in `words` that all domains read. Undefined: they
 * stay equal. Afterwards the domains' states are those right after the request that was found.
 */
export function findFirstDifference(
  reader: LogReader,
  words: Int32Array,
  slot: number,
  domains: readonly ReplayedDomain[],
  fromMark: number,
  untilMark: number,
): FirstDifference | undefined {
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag !== LogTag.request) continue
    const index = reader.words[reader.at + LogWord.index] as number
    if (((index - untilMark) | 0) >= 0) return undefined
    applyLogged(reader, words, slot, domains)
    if (((index - fromMark) | 0) < 0) continue
    const [first, ...others] = domains.map((domain) => domain.digest())
    const differing = others.findIndex((digest) => digest !== first)
    if (differing >= 0) return { index, domain: differing + 1 }
  }
  return undefined
}

/** Puts the request that the reader is at into a slot, and applies it to all domains; their actions are dropped. */
export function applyLogged(
  reader: LogReader,
  words: Int32Array,
  slot: number,
  domains: readonly ReplayedDomain[],
): void {
  const record = reader.at
  copyFromRecord(reader.header.shape, reader.words, record, words, slot)
  words[slot + SlotWord.verdict] = reader.words[record + LogWord.verdict] as number
  words[slot + SlotWord.sequence] = ((reader.words[record + LogWord.index] as number) + 1) | 0
  for (const domain of domains) applyWhole(domain, slot)
}

function applyWhole(domain: ReplayedDomain, slot: number): void {
  domain.apply(slot)
  domain.actions.clear()
  while (domain.hasMore()) {
    domain.resume()
    domain.actions.clear()
  }
}
