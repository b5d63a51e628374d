/**
 * A domain that watches every request: it limits how often the request is resumed, and so how much it emits, and
 * checks the invariants once the machine is at rest. It throws in the request that breaks a rule.
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
