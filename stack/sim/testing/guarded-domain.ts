/**
 * A domain whose every request is watched: how often it is resumed, how much it emits, and whether the state is as it has
 * to be once the machine is at rest. What goes wrong is thrown on the spot, by the request that did it.
 */
import type { Domain } from '../../dominoes/contract/domain.ts'
import type { Invariants } from '../../protocol/testing/invariants/invariants.ts'
import { WrappedDomain } from '../hosts/wrapped-domain.ts'

export class GuardedDomain extends WrappedDomain {
  readonly #invariants: Invariants
  readonly #resumeLimit: number
  #resumes = 0

  constructor(inner: Domain, invariants: Invariants, resumeLimit: number) {
    super(inner)
    this.#invariants = invariants
    this.#resumeLimit = resumeLimit
  }

  override apply(slot: number): void {
    this.#resumes = 0
    super.apply(slot)
    this.#rest()
  }

  override resume(): void {
    this.#resumes += 1
    if (this.#resumes > this.#resumeLimit) throw new Error(`one request was resumed ${this.#resumes} times`)
    super.resume()
    this.#rest()
  }

  #rest(): void {
    if (!this.hasMore()) this.#invariants.check()
  }
}
