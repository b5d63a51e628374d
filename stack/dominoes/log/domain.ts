/**
 * A domain as a replay runs it: it applies requests like the recorded one, with the verdicts of the log; its
 * actions are dropped. One instance per replica, called by the thread that owns it.
 *
 * The recorded verdict travels in the slot's payload, which a replay does not need otherwise. A claimed check
 * hands it out, so a replay exercises the order of claims and verdicts, too.
 */
import type { ActionQueue } from '../contract/action-queue.ts'
import { type Domain, noDeadline } from '../contract/domain.ts'
import { slotPayloadOffset } from '../contract/slot.ts'

/** Where the source of a replay puts the verdict, in words from the start of a slot; 0: needs no check. */
export const recordedVerdictWord = slotPayloadOffset / 4

/** What a replay needs of a domain. */
export type ReplayedDomain = Pick<Domain, 'actions' | 'apply' | 'hasMore' | 'resume' | 'digest' | 'copyState'>

export class LogDomain implements Domain {
  readonly actions: ActionQueue
  readonly #domain: ReplayedDomain
  readonly #words: Int32Array

  /** `words` is the region that slots are in. */
  constructor(domain: ReplayedDomain, words: Int32Array) {
    this.actions = domain.actions
    this.#domain = domain
    this.#words = words
  }

  needsCheck(slot: number): boolean {
    return this.#words[slot + recordedVerdictWord] !== 0
  }

  check(slot: number): number {
    return this.#words[slot + recordedVerdictWord] as number
  }

  apply(slot: number): void {
    this.#domain.apply(slot)
  }

  hasMore(): boolean {
    return this.#domain.hasMore()
  }

  resume(): void {
    this.#domain.resume()
  }

  perform(): boolean {
    return true
  }

  /** Ticks are in the log. */
  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }
}
