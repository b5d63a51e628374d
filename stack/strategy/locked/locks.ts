/**
 * Locks in shared memory, for the thread that holds an object of them: who has acquired releases. Not reentrant.
 *
 *   spin      test and test-and-set: cheapest without contention; starves when threads outnumber cores
 *   ticket    first come, first served: starves as `spin` does, and a preempted waiter holds up all behind it
 *   parking   0 free, 1 held, 2 held and somebody may sleep: spins a little, then sleeps (Drepper, "Futexes are
 *             tricky")
 *
 *   word   0  state (spin, parking); next ticket (ticket)      any thread
 *   ── line ───────────────────────────────────────────────────────────────
 *         32  ticket being served (ticket)                    the holder
 *
 * Everything stored before `release` is visible after the next `acquire`, whichever thread's.
 */
import type { Counters } from '../../dominoes/memory/counters.ts'
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/memory/region.ts'
import type { LockKind } from '../options.ts'
import type { Lock } from '../parts/lock.ts'
import { LockCounter } from './lock-counters.ts'

/** Rounds of looking before a parking lock's waiter sleeps: about as long as the lock is usually held. */
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

/** What the locks have in common: where they are, and the counting. */
abstract class CountedLock implements Lock {
  protected readonly words: Int32Array
  protected readonly at: number
  protected readonly counters: Counters

  constructor(words: Int32Array, at: number, counters: Counters) {
    this.words = words
    this.at = at
    this.counters = counters
  }

  acquire(): void {
    this.counters.add(LockCounter.lockAcquired, 1)
    if (!this.tryTake()) this.#takeContended()
  }

  abstract release(): void

  /** Takes the lock if it is free at once. */
  protected abstract tryTake(): boolean

  /** After `tryTake` failed; returns the rounds of looking that it took. */
  protected abstract take(): number

  #takeContended(): void {
    const spins = this.take()
    this.counters.add(LockCounter.lockContended, 1)
    this.counters.add(LockCounter.lockSpins, spins)
  }
}

class SpinLock extends CountedLock {
  protected tryTake(): boolean {
    return Atomics.compareExchange(this.words, this.at, 0, 1) === 0
  }

  protected take(): number {
    let spins = 0
    do {
      while (Atomics.load(this.words, this.at) !== 0) {
        spins += 1
        pause()
      }
    } while (!this.tryTake())
    return spins
  }

  release(): void {
    Atomics.store(this.words, this.at, 0)
  }
}

class TicketLock extends CountedLock {
  #ticket = 0

  /** Draws a ticket in any case, for which `take` waits. */
  protected tryTake(): boolean {
    this.#ticket = Atomics.add(this.words, this.at, 1)
    return this.#isServed()
  }

  protected take(): number {
    let spins = 0
    while (!this.#isServed()) {
      spins += 1
      pause()
    }
    return spins
  }

  #isServed(): boolean {
    return Atomics.load(this.words, this.at + servingWord) === this.#ticket
  }

  release(): void {
    Atomics.store(this.words, this.at + servingWord, (this.#ticket + 1) | 0)
  }
}

const ParkingState = { free: 0, held: 1, waitedFor: 2 } as const

class ParkingLock extends CountedLock {
  protected tryTake(): boolean {
    const { free, held } = ParkingState
    return Atomics.compareExchange(this.words, this.at, free, held) === free
  }

  /** A thread that slept cannot know whether others still sleep, so it takes the lock as `waitedFor`. */
  protected take(): number {
    const { words, at } = this
    for (let spins = 1; spins <= parkAfterSpins; spins++) {
      pause()
      if (Atomics.load(words, at) === ParkingState.free && this.tryTake()) return spins
    }
    while (Atomics.exchange(words, at, ParkingState.waitedFor) !== ParkingState.free) {
      this.counters.add(LockCounter.lockWaits, 1)
      Atomics.wait(words, at, ParkingState.waitedFor)
    }
    return parkAfterSpins
  }

  release(): void {
    if (Atomics.exchange(this.words, this.at, ParkingState.free) === ParkingState.waitedFor) {
      Atomics.notify(this.words, this.at, 1)
    }
  }
}
