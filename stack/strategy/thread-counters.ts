/**
 * What each thread counts about its device, in shared memory: one line a thread.
 *
 *   word 0  framesIn        frames read                                 written by that thread only
 *        1  framesOut       frames the device took                      that thread
 *        2  framesRefused   frames the device had no room for: lost     that thread
 */
import { lineBytes, lineWords, type RegionPlan } from '../dominoes/region.ts'

export const ThreadCounter = { framesIn: 0, framesOut: 1, framesRefused: 2 } as const
export type ThreadCounterName = keyof typeof ThreadCounter

/** Word offset of thread 0's line. */
export function planThreadCounters(plan: RegionPlan, threads: number): number {
  return plan.reserve(threads * lineBytes) / 4
}

export function threadCountersAt(baseWord: number, thread: number): number {
  return baseWord + thread * lineWords
}

export function countOne(words: Int32Array, at: number): void {
  words[at] = ((words[at] as number) + 1) | 0
}

/** A counter's sum over threads, 0 … 2^32 - 1 each. */
export function sumThreadCounter(
  words: Int32Array,
  baseWord: number,
  threads: number,
  counter: number,
): number {
  let sum = 0
  for (let thread = 0; thread < threads; thread++) {
    sum += (words[threadCountersAt(baseWord, thread) + counter] as number) >>> 0
  }
  return sum
}
