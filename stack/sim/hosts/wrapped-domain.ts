/** A domain that passes every call to an inner domain: a base for wrappers that charge or measure a part of it. */
import type { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'

export class WrappedDomain implements Domain {
  readonly actions: ActionQueue
  protected readonly inner: Domain

  /** `actions`: the queue in which the inner domain's actions are found; by default its own. */
  constructor(inner: Domain, actions: ActionQueue = inner.actions) {
    this.inner = inner
    this.actions = actions
  }

  needsCheck(slot: number): boolean {
    return this.inner.needsCheck(slot)
  }

  check(slot: number): number {
    return this.inner.check(slot)
  }

  apply(slot: number): void {
    this.inner.apply(slot)
  }

  hasMore(): boolean {
    return this.inner.hasMore()
  }

  resume(): void {
    this.inner.resume()
  }

  perform(action: number, slot: number): boolean {
    return this.inner.perform(action, slot)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.inner.microsUntilDeadline(nowMicros)
  }

  digest(): number {
    return this.inner.digest()
  }

  copyState(target: Int32Array): void {
    this.inner.copyState(target)
  }
}
