/** A dedicated reader, for the thread after the last replica's. */
import { Channel } from '../dominoes/channel.ts'
import { Counters } from '../dominoes/counters.ts'
import { DeadlineBoard } from './deadline-board.ts'
import { DedicatedReader } from './dedicated-reader.ts'
import { openSource } from './open-thread.ts'
import type { ReaderLayout } from './replicated-layout.ts'
import type { StrategyThread, ThreadParts } from './strategy.ts'

export function openReader(parts: ThreadParts, layout: ReaderLayout): StrategyThread {
  const { region, clock } = parts
  const channel = parts.channel ?? new Channel(region, parts.layout.framework.channel, parts.thread)
  const board = new DeadlineBoard(region, layout.deadlines)
  const reader: DedicatedReader = new DedicatedReader({
    channel,
    board,
    source: openSource(parts, channel, { microsUntilDeadline: (now) => reader.microsUntilDeadline(now) }),
    counters: new Counters(region, layout.counters, 0),
    nowMicros: () => clock.nowMicros(),
  })
  return reader
}
