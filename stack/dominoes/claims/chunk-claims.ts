/**
 * Claims of several actions at once: one claim covers `chunk` consecutive numbers, from a multiple of it. Fewer
 * compare-exchanges, and runs of actions that stay in order on one replica; a worse balance.
 *
 *   number      0  1  2  3 │ 4  5  6  7 │ 8 …        chunk 4
 *   key         0          │ 4          │ 8 …        the chunk's first number, under which it is claimed
 *   entry       0          │ 1          │ 2 …        (key / chunk) mod count
 *
 * The argument of claim-board.ts carries over, with keys in place of numbers:
 *  1. Every replica asks for every number in order, hence, at the first number of a chunk that it meets, for every key
 *     in order. Keys at one entry are count · chunk apart, so steps 1 to 3 hold as they stand with that distance.
 *  2. Later numbers of the chunk are answered from this replica's own memory of the chunk it is in. It is in one at a
 *     time, and asks for none twice: a chunk may span many requests, and last until more actions are emitted, but no
 *     replica waits for the end of one.
 *  3. Exactly one replica is told yes for a key, and it says yes to every number of that chunk that it meets. It meets
 *     all of them: it asked for the first, or it joined within the chunk and is told no, as whoever emitted what came
 *     before the join has claimed the key.
 *  4. Keys wrap at 2^32 with the numbers, whose multiples of a power of two they are: differences keep their sign.
 * A chunk's claimant owns actions that no request has emitted yet. One that is removed leaves them undone as well.
 */
import { assert, assertInteger, assertPowerOfTwo } from '../memory/assert.ts'
import type { Region } from '../memory/region.ts'
import type { ClaimLayout } from './claim-board.ts'
import type { ClaimPolicy } from './claim-policy.ts'

export class ChunkClaims implements ClaimPolicy {
  readonly #words: Int32Array
  readonly #entries: number
  readonly #mask: number
  readonly #chunk: number
  readonly #shift: number
  /** The chunk that this replica is in, once it is in one, and whether it is its own. */
  #hasAsked = false
  #key = 0
  #isOurs = false

  /** On a claim board that was made ready for a multiple of `chunk`, a power of two. */
  constructor(region: Region, layout: ClaimLayout, chunk: number) {
    assertPowerOfTwo(chunk, 'chunk')
    assertInteger(chunk * layout.count, 1, 2 ** 30, 'chunk * claimCount')
    this.#words = region.words
    this.#entries = layout.entriesWord
    this.#mask = layout.count - 1
    this.#chunk = chunk
    this.#shift = 31 - Math.clz32(chunk)
  }

  claim(number: number): boolean {
    const key = number & -this.#chunk
    if (this.#hasAsked && key === this.#key) return this.#isOurs
    assert(!this.#hasAsked || ((key - this.#key) | 0) > 0, 'numbers were asked for out of order')
    this.#hasAsked = true
    this.#key = key
    this.#isOurs = this.#claimKey(key)
    return this.#isOurs
  }

  /** As `ClaimBoard.claim`, for keys. */
  #claimKey(key: number): boolean {
    const at = this.#entries + ((key >>> this.#shift) & this.#mask)
    const seen = Atomics.load(this.#words, at)
    if (((seen - key) | 0) >= 0) return false
    return Atomics.compareExchange(this.#words, at, seen, key) === seen
  }
}
