/**
 * What each thread counts about the lock and the order in which it is taken: one line of shared memory a thread, written
 * by that thread only, with plain stores. 32 bits, wrapping.
 */
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/region.ts'

export const LockCounterWord = {
  /** Times the lock was taken, and of those the times it was not free at once. */
  lockAcquired: 0,
  lockContended: 1,
  /** Rounds of looking at a lock that was held. */
  lockSpins: 2,
  /** Times a thread slept for the lock (parking only). */
  lockWaits: 3,
  /** Of one in 64 acquisitions: how many were timed, and for how many microseconds they held the lock in all. */
  lockHoldsTimed: 4,
  lockHeldMicros: 5,
  /** Rounds in which frames waited for older ones that another thread had read and not yet applied. */
  turnsWaited: 6,
  /** Batches that were applied before older ones, which had kept them waiting too long. */
  turnsOvertaken: 7,
  /** Times a thread went on emitting what another's request had left to be emitted. */
  helped: 8,
} as const

export function planLockCounters(plan: RegionPlan, threads: number): number {
  return plan.reserve(threads * lineBytes) / 4
}

export class LockCounter {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, baseWord: number, thread: number) {
    this.#words = words
    this.#at = baseWord + thread * lineWords
  }

  add(counter: number, count: number): void {
    const at = this.#at + counter
    this.#words[at] = ((this.#words[at] as number) + count) | 0
  }

  /** An acquisition that took `spins` rounds of looking. */
  contended(spins: number): void {
    this.add(LockCounterWord.lockContended, 1)
    this.add(LockCounterWord.lockSpins, spins)
  }
}

/** By name, 0 … 2^32 - 1 each. Any thread. */
export function readLockCounters(
  words: Int32Array,
  baseWord: number,
  thread: number,
): Record<string, number> {
  const base = baseWord + thread * lineWords
  return Object.fromEntries(
    Object.entries(LockCounterWord).map(([name, at]) => [name, Atomics.load(words, base + at) >>> 0]),
  )
}
