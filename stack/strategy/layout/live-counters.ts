/**
 * What a stack's threads are doing, read from shared memory while they run, which costs them nothing. Any
 * thread may read.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import type { StackLayout } from './stack-layout.ts'
import { readThreadCounters, type ThreadCounterName } from './thread-counters.ts'

export interface LiveCounters {
  /** Of each thread, by name. All are totals but `longestCycleMicros`, which is of about the last second. */
  readonly perThread: Record<ThreadCounterName, number>[]
  /** Undefined where threads share none. */
  readonly ring: RingOccupancy | undefined
}

/** A ring of requests: slots between the slowest thread and the tail, and how many there are. */
export interface RingOccupancy {
  readonly occupied: number
  readonly slots: number
}

export function readLiveCounters(
  region: Region,
  layout: StackLayout,
  ring: RingOccupancy | undefined,
): LiveCounters {
  const { replicas, countersWord } = layout
  return {
    perThread: Array.from({ length: replicas }, (_, thread) =>
      readThreadCounters(region.words, countersWord, thread),
    ),
    ring,
  }
}
