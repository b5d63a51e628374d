/**
 * A lock in virtual time, around a real one. A thread's round takes and gives back the real lock within one step, so
 * that one is always free; here the thread waits, spinning, until the last holder's own time of release.
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
  /** More than that where another thread held it last. */
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
