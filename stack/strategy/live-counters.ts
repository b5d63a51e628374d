/**
 * What a stack's threads are doing, read from shared memory while they run: costs them nothing. Any thread may read.
 */
import { Channel } from '../dominoes/channel.ts'
import type { Region } from '../dominoes/region.ts'
import type { StackLayout } from './stack-layout.ts'
import { readThreadCounters, type ThreadCounterName } from './thread-counters.ts'

export interface LiveCounters {
  /** Of each thread, by name: totals, but `longestCycleMicros`, which is of the last second or so. */
  readonly perThread: Record<ThreadCounterName, number>[]
  /** The replicated channel: slots between the slowest replica and the tail, and how many there are. */
  readonly ring: { readonly occupied: number; readonly slots: number } | undefined
}

export function readLiveCounters(region: Region, layout: StackLayout): LiveCounters {
  const { replicas, countersWord } = layout
  return {
    perThread: Array.from({ length: replicas }, (_, thread) =>
      readThreadCounters(region.words, countersWord, thread),
    ),
    ring: layout.strategy === 'replicated' ? ringOf(region, layout) : undefined,
  }
}

function ringOf(region: Region, layout: StackLayout): LiveCounters['ring'] {
  const channel = new Channel(region, layout.framework.channel, layout.replicas)
  // Positions first: the tail only grows, so the difference is never negative, at most a moment too large.
  const positions = Array.from({ length: layout.replicas }, (_, replica) => channel.positionOf(replica))
  const { tail, slotCount } = channel
  const behind = positions.filter((_, replica) => channel.isActive(replica)).map((at) => (tail - at) | 0)
  return { occupied: Math.min(slotCount, Math.max(0, ...behind)), slots: slotCount }
}
