/**
 * Performs what is in a thread's own action queue, which may hold the actions of several requests, and can stop in the
 * middle when an action cannot be performed yet. For strategies in which the thread that applies a request performs its
 * actions: nobody claims anything. Called by the thread that owns the queue.
 */
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'

/**
 * An action queue that holds the actions of several requests. It says that it is full after a few actions of
 * one request; what that request emits directly still fits. It is never full when a request begins: upcalls
 * that an earlier request left to be emitted come before those of the next.
 */
export class EarlyFullQueue extends ActionQueue {
  readonly #limit: number
  #first = 0

  /** Full from `limit` actions of a request on; room for `capacity` in all. */
  constructor(capacity: number, limit: number) {
    super(capacity)
    this.#limit = limit
  }

  override get isFull(): boolean {
    return this.count - this.#first >= this.#limit
  }

  /** What follows is another request's. */
  begin(): void {
    this.#first = this.count
  }

  override clear(): void {
    this.count = 0
    this.#first = 0
  }
}

export class ActionRunner {
  readonly #domain: Domain
  readonly #counters: Counters
  /** Slot of each action in the queue. */
  readonly #slots: Int32Array
  #assigned = 0
  #next = 0

  constructor(domain: Domain, counters: Counters) {
    this.#domain = domain
    this.#counters = counters
    this.#slots = new Int32Array(domain.actions.capacity)
  }

  /** All that was emitted since the last call belongs to the request in `slot`. */
  assign(slot: number): void {
    for (; this.#assigned < this.#domain.actions.count; this.#assigned += 1) {
      this.#slots[this.#assigned] = slot
    }
  }

  /** Performs what is left and clears the queue; false if an action cannot be performed yet: call again later. */
  run(): boolean {
    const { actions } = this.#domain
    for (; this.#next < actions.count; this.#next += 1) {
      if (!this.#domain.perform(this.#next * actionWords, this.#slots[this.#next] as number)) {
        this.#counters.add(Counter.deferred, 1)
        return false
      }
      this.#counters.add(Counter.performed, 1)
    }
    actions.clear()
    this.#assigned = 0
    this.#next = 0
    return true
  }
}
