/** A replica's way out with ordered emission, over its own buffers. */
import type { Channel } from '../../../dominoes/channel/channel.ts'
import { threadCountersAt } from '../../layout/thread-counters.ts'
import type { ThreadParts } from '../../strategy.ts'
import type { OrderedEmissionLayout } from '../layout.ts'
import { OrderedTransmitter } from './ordered-transmitter.ts'

export function openOrdered(
  parts: ThreadParts,
  ordered: OrderedEmissionLayout,
  channel: Channel,
): OrderedTransmitter {
  const { region, layout, thread, device } = parts
  const { turnstile, buffersAt, bufferCount, bufferBytes } = ordered
  return new OrderedTransmitter({
    region,
    layout: turnstile,
    device,
    buffersAt: buffersAt + thread * bufferCount * bufferBytes,
    bufferCount,
    bufferBytes,
    countersAt: threadCountersAt(layout.countersWord, thread),
    moved: channel.progress,
  })
}
