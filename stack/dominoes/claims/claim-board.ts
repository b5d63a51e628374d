/**
 * The atomic decision who is first, for actions. A table of words; the entry at `number mod count` holds the last
 * number that was claimed there. Any replica's thread may call `claim`, with numbers in increasing order.
 *
 *   number      … 6  7  8  9 10 11 …        entry ← number: claimed, by one compare-exchange
 *   entry       … 6  7  0  1  2  3 …        entry ≥ number: somebody was first, even laps ago
 *
 * Why nothing is ever reset and nobody has to wait for the slowest replica:
 *  1. Every replica asks for every number, in order. A replica that asks for n has asked for n - count before, and
 *     after an answer for n - count the entry is at least n - count. So when it asks for n, the entry is n - count
 *     (nobody was here in this lap: claim it) or at least n (lost).
 *  2. Entries only grow, by multiples of count. So a compare-exchange from n - count to n that fails did so because
 *     the entry is now at least n: lost, no second try.
 *  3. An entry beyond n proves that n was claimed: whoever claimed n + count had an answer for n first, and an answer
 *     for n exists only after someone claimed n. So a replica that lags by any number of laps reads "lost" rightly.
 *  4. "At least" is decided on the sign of the 32-bit difference, which is right while the fastest and the slowest
 *     replica are less than 2^31 numbers apart; the ring of slots keeps them within a few thousand requests.
 * A replica that joins from a snapshot starts at the snapshot's next number, before which all has been claimed.
 * With chunks of numbers under one claim each, the argument goes on in chunk-claims.ts.
 *
 * Neighbouring numbers share a line. Spreading them over lines measured no better with two threads: what a replica
 * loses by contention on a line, it gains when it reads from one line that the others were first at many numbers.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import type { Region, RegionPlan } from '../memory/region.ts'
import type { ClaimPolicy } from './claim-policy.ts'

export interface ClaimLayout {
  /** Word offset of the first entry. */
  readonly entriesWord: number
  /** Entries; a power of two. */
  readonly count: number
}

export function planClaims(plan: RegionPlan, count: number): ClaimLayout {
  assertPowerOfTwo(count, 'claimCount')
  return { entriesWord: plan.reserve(count * 4) / 4, count }
}

/** Before any replica starts: makes the board ready for `firstNumber` and all after it. */
export function initialiseClaims(region: Region, layout: ClaimLayout, firstNumber: number): void {
  for (let k = 0; k < layout.count; k++) {
    const number = (firstNumber + k) | 0
    region.words[layout.entriesWord + (number & (layout.count - 1))] = (number - layout.count) | 0
  }
}

export class ClaimBoard implements ClaimPolicy {
  readonly #words: Int32Array
  readonly #entries: number
  readonly #mask: number

  constructor(region: Region, layout: ClaimLayout) {
    this.#words = region.words
    this.#entries = layout.entriesWord
    this.#mask = layout.count - 1
  }

  /** True for exactly one replica per number. */
  claim(number: number): boolean {
    const at = this.#entries + (number & this.#mask)
    const seen = Atomics.load(this.#words, at)
    if (((seen - number) | 0) >= 0) return false
    return Atomics.compareExchange(this.#words, at, seen, number) === seen
  }
}
