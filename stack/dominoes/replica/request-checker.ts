/**
 * The first part of handling requests: sees that their verdicts come about, one claimed check at a time. Part of the
 * replica loop; called by the thread that owns the replica.
 *
 * Invariant: only requests that this replica has not passed are looked at, so their slots are not reused meanwhile.
 */
import type { Channel } from '../channel/channel.ts'
import type { Domain } from '../contract/domain.ts'
import { verdictPending } from '../contract/slot.ts'
import { type MembershipLayout, MembershipWord, memberWord } from '../membership/membership-layout.ts'
import { Counter, type Counters } from '../memory/counters.ts'
import type { Region } from '../memory/region.ts'

/**
 * Notes in shared memory which check this replica claims or does, in case it is killed meanwhile. The note
 * may stay after the check is done: the slot then has its verdict.
 */
export class CheckNote {
  readonly #words: Int32Array
  readonly #at: number

  constructor(region: Region, layout: MembershipLayout, replica: number) {
    this.#words = region.words
    this.#at = memberWord(layout, replica)
  }

  begin(index: number): void {
    this.#words[this.#at + MembershipWord.checkIndex] = index
    // The claim, a compare-exchange, publishes both.
    this.#words[this.#at + MembershipWord.checking] = 1
  }

  /** Somebody else has claimed it. */
  withdraw(): void {
    Atomics.store(this.#words, this.#at + MembershipWord.checking, 0)
  }
}

export class RequestChecker {
  readonly #domain: Domain
  readonly #channel: Channel
  readonly #counters: Counters
  readonly #span: number
  readonly #note: CheckNote | undefined
  /** Requests before this were checked, or found claimed, while looking ahead. */
  #ahead: number

  /** Starts at channel index `first`; looks at most `span` requests beyond a pending verdict. */
  constructor(
    domain: Domain,
    channel: Channel,
    counters: Counters,
    first: number,
    span: number,
    note: CheckNote | undefined,
  ) {
    this.#note = note
    this.#domain = domain
    this.#channel = channel
    this.#counters = counters
    this.#span = span
    this.#ahead = first
  }

  /** Whether the request can be applied; checks it if nobody else does. False: its verdict is pending elsewhere. */
  isReady(slot: number, index: number): boolean {
    return (
      !this.#domain.needsCheck(slot) ||
      this.#channel.verdictOf(slot) !== verdictPending ||
      this.#tryCheck(slot, index) ||
      this.#channel.verdictOf(slot) !== verdictPending
    )
  }

  /** Checks one request beyond `index`, whose verdict is pending elsewhere; false if none is left to claim. */
  checkAhead(index: number): boolean {
    const span = Math.min((this.#channel.tail - 1 - index) | 0, this.#span)
    const lead = (this.#ahead - index) | 0
    // Once indices have wrapped, a place kept from long ago may compare as ahead: so only a lead within the
    // span counts.
    let ahead = lead > 0 && lead <= span + 1 ? this.#ahead : (index + 1) | 0
    let found = false
    for (; !found && ((ahead - index) | 0) <= span; ahead = (ahead + 1) | 0) {
      const slot = this.#channel.slotOf(ahead)
      if (!this.#domain.needsCheck(slot) || this.#channel.verdictOf(slot) !== verdictPending) continue
      found = this.#tryCheck(slot, ahead)
    }
    this.#ahead = ahead
    if (found) this.#counters.add(Counter.checkedAhead, 1)
    return found
  }

  #tryCheck(slot: number, index: number): boolean {
    this.#note?.begin(index)
    if (!this.#channel.tryClaimCheck(slot, index)) {
      this.#note?.withdraw()
      return false
    }
    this.#channel.setVerdict(slot, this.#domain.check(slot))
    this.#counters.add(Counter.checked, 1)
    return true
  }
}
