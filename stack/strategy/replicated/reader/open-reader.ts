/** A dedicated reader, for the thread after the last replica's. */
import { Channel } from '../../../dominoes/channel/channel.ts'
import { Counters } from '../../../dominoes/memory/counters.ts'
import { openSource } from '../../parts/open-parts.ts'
import type { StrategyThread, ThreadParts } from '../../strategy.ts'
import type { ReaderLayout } from '../layout.ts'
import { DeadlineBoard } from './deadline-board.ts'
import { DedicatedReader } from './dedicated-reader.ts'

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
