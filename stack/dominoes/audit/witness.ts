/**
 * Shows that `apply` is a function of the state and the slot alone, which is what the equality of replicas
 * rests on. A witness is a second instance of the domain's state in the same thread. At every `period`-th
 * digest mark it copies the replica's whole state. It applies the requests up to the next mark a second time,
 * drops their actions, and leaves its digest beside the replica's. Anything that `apply` knows from elsewhere
 * (a clock, a variable that `copyState` does not cover, what an earlier request left behind) makes the two
 * differ.
 *
 * Part of the replica loop; called by the thread that owns the replica. It is the only audit that one replica
 * alone can have. It costs one `period`-th of what `apply` costs. Invariant: while it follows, its state is
 * that of the replica after the same request.
 */

import type { Domain } from '../contract/domain.ts'
import type { DigestWriter } from './digest-board.ts'

/** What a witness needs of a domain: it checks and performs nothing. */
export type WitnessDomain = Pick<Domain, 'actions' | 'apply' | 'hasMore' | 'resume' | 'digest'>

export interface WitnessParts {
  /** An instance over `state`, configured like the replica's. */
  readonly domain: WitnessDomain
  /** The words that the replica's `copyState` fills. */
  readonly state: Int32Array
  /** One stride in this many is witnessed; default 16. */
  readonly period?: number
}

export class Witness {
  readonly #domain: WitnessDomain
  readonly #state: Int32Array
  readonly #period: number
  readonly #subject: Domain
  readonly #digests: DigestWriter
  #marks = 0
  #isFollowing = true

  /** Follows the replica of `subject` from the start. `digests` writes the witness's own table. */
  constructor(parts: WitnessParts, subject: Domain, digests: DigestWriter) {
    this.#domain = parts.domain
    this.#state = parts.state
    this.#period = parts.period ?? 16
    this.#subject = subject
    this.#digests = digests
    subject.copyState(parts.state)
  }

  /** The replica is about to pass the request in this slot. */
  follow(slot: number): void {
    if (!this.#isFollowing) return
    const { actions } = this.#domain
    this.#domain.apply(slot)
    actions.clear()
    while (this.#domain.hasMore()) {
      this.#domain.resume()
      actions.clear()
    }
  }

  /** At a digest mark, before the replica records its own digest: an auditor who sees that one finds both. */
  atMark(position: number): void {
    if (this.#isFollowing) this.#digests.record(position, this.#domain.digest())
    this.#isFollowing = this.#marks % this.#period === this.#period - 1
    this.#marks += 1
    if (this.#isFollowing) this.#subject.copyState(this.#state)
  }

  /** Before the replica records its final digest. */
  atEnd(position: number): void {
    if (this.#isFollowing) this.#digests.recordFinal(position, this.#domain.digest())
  }
}
