/**
 * What each thread counts about its device and its rounds, in shared memory: one line a thread.
 *
 *   word 0  framesIn        frames read                                 written by that thread only
 *        1  framesOut       frames the device took                      that thread
 *        2  framesRefused   frames the device had no room for: lost     that thread
 *        3  idleRounds      rounds that found nothing to do             that thread
 *        4  yields          times it then gave the core away shortly    that thread
 *        5  sleeps          times it then slept until woken             that thread
 *        6  longestCycleMicros       of the last second or so, see `counted-loop.ts`
 *        7  longestCycleEverMicros   since the thread started
 *        8  acksSuperseded  ACKs that the next frame superseded, see `wire/superseded-ack.ts`
 *        9  fragmentsIn          fragments read, see `parts/reassembly/reassembler.ts`
 *       10  fragmentsRefused     of those, refused at once: malformed, not for us, or no room
 *       11  datagramsReassembled packets that were whole with a fragment that the thread read
 *       12  reassemblyFailed     packets given up: too old, overlapping, or in the way of another
 *       13  pollingMicros        time in rounds that found nothing, by the clock: see `counted-loop.ts`
 *       14  (no counter) the kernel's number of the thread, where placement is a factor; 0 before it runs
 */
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/memory/region.ts'

export const ThreadCounter = {
  framesIn: 0,
  framesOut: 1,
  framesRefused: 2,
  idleRounds: 3,
  yields: 4,
  sleeps: 5,
  longestCycleMicros: 6,
  longestCycleEverMicros: 7,
  acksSuperseded: 8,
  fragmentsIn: 9,
  fragmentsRefused: 10,
  datagramsReassembled: 11,
  reassemblyFailed: 12,
  pollingMicros: 13,
} as const
export type ThreadCounterName = keyof typeof ThreadCounter

const threadIdPlace = 14

/** Word offset of thread 0's line. */
export function planThreadCounters(plan: RegionPlan, threads: number): number {
  return plan.reserve(threads * lineBytes) / 4
}

export function threadCountersAt(baseWord: number, thread: number): number {
  return baseWord + thread * lineWords
}

export function noteThreadId(words: Int32Array, baseWord: number, thread: number, id: number): void {
  words[threadCountersAt(baseWord, thread) + threadIdPlace] = id
}

export function readThreadId(words: Int32Array, baseWord: number, thread: number): number {
  return words[threadCountersAt(baseWord, thread) + threadIdPlace] as number
}

export function countOne(words: Int32Array, at: number): void {
  words[at] = ((words[at] as number) + 1) | 0
}

/** A thread's counters by name, 0 … 2^32 - 1 each. Any thread. */
export function readThreadCounters(
  words: Int32Array,
  baseWord: number,
  thread: number,
): Record<ThreadCounterName, number> {
  const at = threadCountersAt(baseWord, thread)
  const entries = Object.entries(ThreadCounter).map(([name, place]) => [
    name,
    (words[at + place] as number) >>> 0,
  ])
  return Object.fromEntries(entries) as Record<ThreadCounterName, number>
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
