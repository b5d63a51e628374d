/** What each worker counts about hand-overs: one line of shared memory a worker, written by that worker only. */
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/region.ts'

export const ShardCounterWord = {
  /** Slots handed to another worker, and taken from another. */
  handedOver: 0,
  takenOver: 1,
} as const

export function planShardCounters(plan: RegionPlan, workers: number): number {
  return plan.reserve(workers * lineBytes) / 4
}

export class ShardCounter {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, baseWord: number, worker: number) {
    this.#words = words
    this.#at = baseWord + worker * lineWords
  }

  add(counter: number, count: number): void {
    const at = this.#at + counter
    this.#words[at] = ((this.#words[at] as number) + count) | 0
  }
}

/** By name, 0 … 2^32 - 1 each. Any thread. */
export function readShardCounters(
  words: Int32Array,
  baseWord: number,
  worker: number,
): Record<string, number> {
  const base = baseWord + worker * lineWords
  return Object.fromEntries(
    Object.entries(ShardCounterWord).map(([name, at]) => [name, Atomics.load(words, base + at) >>> 0]),
  )
}
