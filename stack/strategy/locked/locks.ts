/**
 * Locks in shared memory, for the thread that holds an object of them: who has acquired releases. Not reentrant.
 *
 *   spin      test and test-and-set: cheapest without contention; starves when threads outnumber cores
 *   ticket    first come, first served; the same, and a preempted waiter holds up all behind it
 *   parking   0 free, 1 held, 2 held and somebody may sleep (Drepper, "Futexes are tricky"): spins a little, then sleeps
 *
 *   word   0  state (spin, parking); next ticket (ticket)      any thread
 *   ── line ───────────────────────────────────────────────────────────────
 *         32  ticket being served (ticket)                    the holder
 *
 * Everything stored before `release` is visible after the next `acquire`, whichever thread's.
 */
import type { Counters } from '../../dominoes/counters.ts'
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/region.ts'
import type { LockKind } from '../options.ts'
import { LockCounter } from './lock-counters.ts'

export interface Lock {
  acquire(): void
  release(): void
}

/** Rounds of looking before a parking lock's waiter sleeps: about as long as the lock is held as a rule. */
const parkAfterSpins = 200

const servingWord = lineWords

export function planLock(plan: RegionPlan): number {
  return plan.reserve(2 * lineBytes) / 4
}

export function openLock(kind: LockKind, words: Int32Array, at: number, counters: Counters): Lock {
  switch (kind) {
    case 'spin':
      return new SpinLock(words, at, counters)
    case 'ticket':
      return new TicketLock(words, at, counters)
    case 'parking':
      return new ParkingLock(words, at, counters)
  }
}

const pause: () => void = typeof Atomics.pause === 'function' ? () => Atomics.pause() : () => {}

/** An acquisition that took `spins` rounds of looking. */
function countContended(counters: Counters, spins: number): void {
  counters.add(LockCounter.lockContended, 1)
  counters.add(LockCounter.lockSpins, spins)
}

class SpinLock implements Lock {
  readonly #words: Int32Array
  readonly #at: number
  readonly #counters: Counters

  constructor(words: Int32Array, at: number, counters: Counters) {
    this.#words = words
    this.#at = at
    this.#counters = counters
  }

  acquire(): void {
    this.#counters.add(LockCounter.lockAcquired, 1)
    if (Atomics.compareExchange(this.#words, this.#at, 0, 1) === 0) return
    let spins = 0
    do {
      while (Atomics.load(this.#words, this.#at) !== 0) {
        spins += 1
        pause()
      }
    } while (Atomics.compareExchange(this.#words, this.#at, 0, 1) !== 0)
    countContended(this.#counters, spins)
  }

  release(): void {
    Atomics.store(this.#words, this.#at, 0)
  }
}

class TicketLock implements Lock {
  readonly #words: Int32Array
  readonly #at: number
  readonly #counters: Counters
  #ticket = 0

  constructor(words: Int32Array, at: number, counters: Counters) {
    this.#words = words
    this.#at = at
    this.#counters = counters
  }

  acquire(): void {
    this.#counters.add(LockCounter.lockAcquired, 1)
    this.#ticket = Atomics.add(this.#words, this.#at, 1)
    if (Atomics.load(this.#words, this.#at + servingWord) === this.#ticket) return
    let spins = 0
    while (Atomics.load(this.#words, this.#at + servingWord) !== this.#ticket) {
      spins += 1
      pause()
    }
    countContended(this.#counters, spins)
  }

  release(): void {
    Atomics.store(this.#words, this.#at + servingWord, (this.#ticket + 1) | 0)
  }
}

const ParkingState = { free: 0, held: 1, waitedFor: 2 } as const

class ParkingLock implements Lock {
  readonly #words: Int32Array
  readonly #at: number
  readonly #counters: Counters

  constructor(words: Int32Array, at: number, counters: Counters) {
    this.#words = words
    this.#at = at
    this.#counters = counters
  }

  acquire(): void {
    this.#counters.add(LockCounter.lockAcquired, 1)
    if (!this.#tryAcquire()) this.#acquireContended()
  }

  /** Whoever slept cannot know whether others still do, and so takes the lock as waited for. */
  #acquireContended(): void {
    const words = this.#words
    let spins = 0
    while (spins < parkAfterSpins) {
      spins += 1
      pause()
      if (Atomics.load(words, this.#at) === ParkingState.free && this.#tryAcquire()) {
        countContended(this.#counters, spins)
        return
      }
    }
    while (Atomics.exchange(words, this.#at, ParkingState.waitedFor) !== ParkingState.free) {
      this.#counters.add(LockCounter.lockWaits, 1)
      Atomics.wait(words, this.#at, ParkingState.waitedFor)
    }
    countContended(this.#counters, spins)
  }

  #tryAcquire(): boolean {
    const { free, held } = ParkingState
    return Atomics.compareExchange(this.#words, this.#at, free, held) === free
  }

  release(): void {
    if (Atomics.exchange(this.#words, this.#at, ParkingState.free) === ParkingState.waitedFor) {
      Atomics.notify(this.#words, this.#at, 1)
    }
  }
}
