/**
 * The last part of handling a request: goes through the actions that it emitted, and performs those that this replica
 * claims. Part of the replica loop; called by the thread that owns the replica.
 *
 * Invariant: every action is claimed exactly once, in the order of the numbers; one that cannot be performed yet stays
 * claimed and is the next to be performed.
 */

import type { ClaimPolicy } from '../claims/claim-policy.ts'
import { type ActionQueue, ActionWord, actionWords, breakSeal, sealQueue } from '../contract/action-queue.ts'
import type { Domain } from '../contract/domain.ts'
import { Counter, type Counters } from '../memory/counters.ts'

/** From this many actions on, performing takes so long that what others wait for is done first. */
export const muchToDo = 4

export class ActionPerformer {
  readonly #domain: Domain
  readonly #actions: ActionQueue
  readonly #claims: ClaimPolicy
  readonly #counters: Counters
  readonly #seals: boolean
  readonly #seeAhead: () => void
  /** The action next in the queue, and whether it is already claimed by this replica. */
  #next = 0
  #isClaimed = false

  /**
   * `seals`: whether the queue is sealed, so that others can see what is in hand if this replica is killed.
   * `seeAhead` is called when the last actions of a request are emitted, are many, and none of them is
   * performed. The state is then what it will be after the request.
   */
  constructor(domain: Domain, claims: ClaimPolicy, counters: Counters, seals: boolean, seeAhead: () => void) {
    this.#seals = seals
    this.#seeAhead = seeAhead
    this.#domain = domain
    this.#actions = domain.actions
    this.#claims = claims
    this.#counters = counters
  }

  /** Goes on with the actions of the request; false if the next one cannot be performed yet: call again later. */
  performAll(slot: number, index: number): boolean {
    const actions = this.#actions
    for (;;) {
      if (this.#isUntouched && actions.count >= muchToDo && !this.#domain.hasMore()) this.#seeAhead()
      if (this.#seals && actions.count > 0) sealQueue(actions, index)
      for (; this.#next < actions.count; this.#next += 1) {
        if (!this.#performOne(this.#next * actionWords, slot, index)) return false
      }
      if (this.#seals && actions.count > 0) breakSeal(actions)
      actions.clear()
      this.#next = 0
      if (!this.#domain.hasMore()) return true
      this.#domain.resume()
    }
  }

  get #isUntouched(): boolean {
    return this.#next === 0 && !this.#isClaimed
  }

  #performOne(at: number, slot: number, index: number): boolean {
    if (!this.#isClaimed) {
      const number = this.#actions.words[at + ActionWord.number] as number
      if (!this.#claims.claim(number, index)) {
        this.#counters.add(Counter.claimsLost, 1)
        return true
      }
      this.#counters.add(Counter.claimsWon, 1)
      this.#isClaimed = true
    }
    if (!this.#domain.perform(at, slot)) {
      this.#counters.add(Counter.deferred, 1)
      return false
    }
    this.#isClaimed = false
    this.#counters.add(Counter.performed, 1)
    return true
  }
}
