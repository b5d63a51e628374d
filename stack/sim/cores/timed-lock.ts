/**
 * A lock in virtual time, around a real one. A thread's round takes and gives back the real lock within one step, so
 * the real lock is always free. Here the thread waits, spinning, until the virtual time at which the last holder
 * released it.
 *
 * Invariant: no two threads hold the lock at the same virtual time.
 */
import type { Lock } from '../../strategy/parts/lock.ts'
import type { VirtualThread } from './virtual-thread.ts'

/** Shared by all threads of a lock. */
export class LockTimes {
  freeAt = 0
  holder: VirtualThread | undefined
}

export interface LockPrices {
  readonly lockNanos: number
  /** Added if another thread held the lock last. */
  readonly lockHandOverNanos: number
}

export class TimedLock implements Lock {
  readonly #lock: Lock
  readonly #times: LockTimes
  readonly #thread: VirtualThread
  readonly #prices: LockPrices

  constructor(lock: Lock, times: LockTimes, thread: VirtualThread, prices: LockPrices) {
    this.#lock = lock
    this.#times = times
    this.#thread = thread
    this.#prices = prices
  }

  acquire(): void {
    const { freeAt, holder } = this.#times
    this.#lock.acquire()
    this.#thread.clock = Math.max(this.#thread.clock, freeAt)
    const { lockNanos, lockHandOverNanos } = this.#prices
    this.#thread.spend(lockNanos + (holder === this.#thread ? 0 : lockHandOverNanos))
    this.#times.holder = this.#thread
  }

  release(): void {
    this.#lock.release()
    this.#times.freeAt = this.#thread.clock
  }
}
