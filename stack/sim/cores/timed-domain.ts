/**
 * A domain whose parts take virtual time, around any domain; one instance per replica. `apply` and every action end
 * the round, so that the other cores have their turn in between. The first `perform` of an action spends its duration
 * and returns "not yet"; the next call performs it.
 *
 * After every apply the queue begins with an extra action that stands for the time of the apply. Each replica
 * "performs" it for itself: `TimedClaims` grants it without asking the board.
 *
 * Invariant: what another core can see of an action (a frame, an upcall) happens at its end.
 */

import type { ClaimPolicy } from '../../dominoes/claims/claim-policy.ts'
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { WrappedDomain } from '../hosts/wrapped-domain.ts'
import type { VirtualThread } from './virtual-thread.ts'

/** What the parts of handling a request cost, in nanoseconds. */
export interface DomainPrices {
  check(slot: number): number
  /**
   * Asked after the apply, which emitted the queue's actions from index `from`. `slot` is negative when an apply is
   * resumed after a full queue.
   */
  apply(slot: number, actions: ActionQueue, from: number): number
  perform(record: Int32Array, action: number): number
}

/** Kind of the extra action; the inner domain has no such kind. */
const ownKind = -1

export class TimedDomain extends WrappedDomain {
  readonly #thread: VirtualThread
  readonly #prices: DomainPrices
  #isUnderWay = false
  /** Whether anything was done since this was last set to false: a round without is an idle one. */
  hasWorked = false

  constructor(domain: Domain, thread: VirtualThread, prices: DomainPrices) {
    super(domain, new ActionQueue(domain.actions.capacity + 1))
    this.#thread = thread
    this.#prices = prices
  }

  override check(slot: number): number {
    const verdict = super.check(slot)
    this.#thread.spend(this.#prices.check(slot))
    this.hasWorked = true
    return verdict
  }

  override apply(slot: number): void {
    super.apply(slot)
    this.#take(slot)
  }

  override resume(): void {
    super.resume()
    this.#take(-1)
  }

  override perform(action: number, slot: number): boolean {
    this.hasWorked = true
    const isOwn = action === 0
    if (!this.#isUnderWay) {
      this.#isUnderWay = true
      // The time of the apply was spent when it happened.
      if (!isOwn) this.#thread.spend(this.#prices.perform(this.actions.words, action))
      return false
    }
    if (!isOwn && !super.perform(action - actionWords, slot)) {
      this.hasWorked = false
      return false
    }
    this.#isUnderWay = false
    return true
  }

  /** Copies what the inner domain emitted to behind the extra action. */
  #take(slot: number): void {
    const emitted = this.inner.actions
    this.actions.clear()
    this.actions.push(ownKind, ownNumber)
    this.actions.words.set(emitted.words.subarray(0, emitted.count * actionWords), actionWords)
    this.actions.count = emitted.count + 1
    this.hasWorked = true
    this.#thread.spend(this.#prices.apply(slot, emitted, 0))
    // `clear` leaves the records in place: `perform` passes on offsets in the inner queue.
    emitted.clear()
  }
}

/** A number that no domain reaches in a simulation. */
export const ownNumber = -0x7fffffff

/** The real claims at their price; the extra action is granted to every replica. */
export class TimedClaims implements ClaimPolicy {
  readonly #claims: ClaimPolicy
  readonly #thread: VirtualThread
  readonly #wonNanos: number
  readonly #lostNanos: number

  constructor(claims: ClaimPolicy, thread: VirtualThread, wonNanos: number, lostNanos: number) {
    this.#claims = claims
    this.#thread = thread
    this.#wonNanos = wonNanos
    this.#lostNanos = lostNanos
  }

  claim(number: number, index: number): boolean {
    if (number === ownNumber) return true
    const won = this.#claims.claim(number, index)
    this.#thread.spend(won ? this.#wonNanos : this.#lostNanos)
    return won
  }
}

/**
 * For threads that claim nothing: the same prices over the domain's own queue. If several threads work (`defers`),
 * every action ends the round, so that the others have their turn.
 */
export class SpendingDomain extends WrappedDomain {
  readonly #thread: VirtualThread
  readonly #prices: DomainPrices
  readonly #defers: boolean
  #isUnderWay = false
  /** As in `TimedDomain`. */
  hasWorked = false

  constructor(domain: Domain, thread: VirtualThread, prices: DomainPrices, defers: boolean) {
    super(domain)
    this.#thread = thread
    this.#prices = prices
    this.#defers = defers
  }

  override check(slot: number): number {
    const verdict = super.check(slot)
    this.#thread.spend(this.#prices.check(slot))
    return verdict
  }

  override apply(slot: number): void {
    const before = this.actions.count
    super.apply(slot)
    this.#thread.spend(this.#prices.apply(slot, this.actions, before))
  }

  override resume(): void {
    const before = this.actions.count
    super.resume()
    this.#thread.spend(this.#prices.apply(-1, this.actions, before))
  }

  override perform(action: number, slot: number): boolean {
    this.hasWorked = true
    if (!this.#isUnderWay) this.#thread.spend(this.#prices.perform(this.actions.words, action))
    if (this.#defers && !this.#isUnderWay) {
      this.#isUnderWay = true
      return false
    }
    if (!super.perform(action, slot)) {
      this.hasWorked = false
      return false
    }
    this.#isUnderWay = false
    return true
  }
}
