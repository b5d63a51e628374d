/**
 * A domain whose actions take time: the first call of `perform` starts an action, later ones say "not yet" until its
 * virtual duration has passed. Meanwhile the other replicas go on, and what they emit overtakes it, as between real
 * processors. Wraps any domain; one instance per replica.
 */

import type { VirtualClock } from '../../device/simulated/virtual-clock.ts'
import { type ActionQueue, ActionWord } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'

export class SlowPerformer implements Domain {
  readonly actions: ActionQueue
  readonly #domain: Domain
  readonly #clock: VirtualClock
  readonly #durationMicros: (kind: number) => number
  /** When the action in hand is done; undefined while none is. */
  #doneAt: number | undefined

  /** `durationMicros` is called once for each action, with the action's kind. */
  constructor(domain: Domain, clock: VirtualClock, durationMicros: (kind: number) => number) {
    this.actions = domain.actions
    this.#domain = domain
    this.#clock = clock
    this.#durationMicros = durationMicros
  }

  /** When this replica can go on, 0 if it can now. */
  get busyUntil(): number {
    return this.#doneAt ?? 0
  }

  perform(action: number, slot: number): boolean {
    if (this.#doneAt === undefined) {
      const kind = this.actions.words[action + ActionWord.kind] as number
      this.#doneAt = this.#clock.nowMicros() + this.#durationMicros(kind)
    }
    if (this.#clock.nowMicros() < this.#doneAt) return false
    if (!this.#domain.perform(action, slot)) return false
    this.#doneAt = undefined
    return true
  }

  needsCheck(slot: number): boolean {
    return this.#domain.needsCheck(slot)
  }

  check(slot: number): number {
    return this.#domain.check(slot)
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

  microsUntilDeadline(nowMicros: number): number {
    return this.#domain.microsUntilDeadline(nowMicros)
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }
}
