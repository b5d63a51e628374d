/**
 * Claims of several actions at once: one claim covers `chunk` consecutive numbers, from a multiple of it. Fewer
 * compare-exchanges, and runs of actions that stay in order on one replica; a worse balance.
 *
 *   number      0  1  2  3 │ 4  5  6  7 │ 8 …        chunk 4
 *   key         0          │ 4          │ 8 …        the chunk's first number, under which it is claimed
 *   entry       0          │ 1          │ 2 …        (key / chunk) mod count
 *
 * The argument of claim-board.ts carries over, with keys in place of numbers:
 *  1. Every replica asks for every number in order, hence, at the first number of a chunk that it meets, for
 *     every key in order. Keys at one entry are count · chunk apart, so steps 1 to 3 hold as they stand with
 *     that distance.
 *  2. Later numbers of a chunk are answered from this replica's own memory of the chunk it is in. It is in
 *     one chunk at a time and asks for no key twice. A chunk may span many requests and last until more
 *     actions are emitted, but no replica waits for its end.
 *  3. Exactly one replica wins a key, and it performs every number of that chunk that it meets. It meets all
 *     of them, since it asked at the first. A replica that joined within the chunk did not, but it loses: the
 *     key was claimed before the join, by whoever met the first number.
 *  4. Keys are numbers, multiples of a power of two, and wrap at 2^32 with them: differences keep their sign.
 * A chunk's claimant owns actions that no request has emitted yet. If it is removed, these stay undone, too.
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
