/** A replica's domain, as it tells a dedicated reader about its timers. `channel` is the thread's own. */
import type { Channel } from '../../../dominoes/channel/channel.ts'
import type { Domain } from '../../../dominoes/contract/domain.ts'
import { Signal } from '../../../dominoes/memory/signal.ts'
import type { ThreadParts } from '../../strategy.ts'
import type { ReaderLayout } from '../layout.ts'
import { DeadlineBoard } from './deadline-board.ts'
import { DeadlinePoster } from './deadline-poster.ts'

export function openPoster(
  parts: ThreadParts,
  layout: ReaderLayout,
  domain: Domain,
  channel: Channel,
): DeadlinePoster {
  const { region, thread, device } = parts
  const doorbell = new Signal(region, parts.layout.framework.doorbellWord)
  return new DeadlinePoster({
    domain,
    words: region.words,
    replica: thread,
    board: new DeadlineBoard(region, layout.deadlines),
    channel,
    wakeReader: () => {
      doorbell.notify()
      device.wake()
    },
  })
}
