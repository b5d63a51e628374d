/**
 * One claim for all actions of a request: whoever is first at any of them performs all. The claim is a word of the
 * request's slot, beside the one for its check.
 *
 * Why one replica and no other: a slot is not filled anew until every active replica has passed it, so all who ask
 * about a slot ask about one request; the producer set the word to something else than the claim before it published.
 * The first compare-exchange puts the claim there, and nobody takes it away. When a request's actions do not fit the
 * queue, they come in several rounds of `resume`: the replica remembers the answer for the request in hand, of which
 * there is one at a time.
 */
import type { Channel } from '../channel/channel.ts'
import { SlotWord } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'
import type { ClaimPolicy } from './claim-policy.ts'

export class RequestClaims implements ClaimPolicy {
  readonly #words: Int32Array
  readonly #channel: Channel
  /** The request in hand, once there was one, and whether its actions are this replica's. */
  #hasAsked = false
  #index = 0
  #isOurs = false

  /** `channel` is this thread's own. */
  constructor(region: Region, channel: Channel) {
    this.#words = region.words
    this.#channel = channel
  }

  claim(_number: number, index: number): boolean {
    if (this.#hasAsked && index === this.#index) return this.#isOurs
    this.#hasAsked = true
    this.#index = index
    this.#isOurs = this.#claimRequest(index)
    return this.#isOurs
  }

  #claimRequest(index: number): boolean {
    const at = this.#channel.slotOf(index) + SlotWord.performer
    const claimed = (index + 1) | 0
    const seen = Atomics.load(this.#words, at)
    return seen !== claimed && Atomics.compareExchange(this.#words, at, seen, claimed) === seen
  }
}
