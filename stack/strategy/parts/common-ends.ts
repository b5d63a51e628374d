/**
 * The application's ends that most strategies have: one mailbox, one outbox, one doorbell. Application's thread only.
 */
import { Channel } from '../../dominoes/channel/channel.ts'
import type { MailboxLayout } from '../../dominoes/channel/mailbox.ts'
import { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { OutboxReader } from '../../dominoes/channel/outbox.ts'
import { readCounters } from '../../dominoes/memory/counters.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import { globalRecord } from '../../protocol/state/globals.ts'
import { type StackLayout, stateOf } from '../layout/stack-layout.ts'
import type { StackEnds } from '../strategy.ts'

export interface CommonEnds extends StackEnds {
  readonly channel: Channel
  readonly mailbox: Mailbox
}

/** `hasPassed`: whether every thread is done with the request of this index. */
export function openCommonEnds(
  region: Region,
  layout: StackLayout,
  wakeDevice: () => void,
  hasPassed: (index: number) => boolean,
): CommonEnds {
  const { framework } = layout
  const channel = new Channel(region, framework.channel, layout.replicas)
  const mailbox = new Mailbox(region, framework.mailboxes[0] as MailboxLayout)
  const outbox = new OutboxReader(region, framework.outbox, channel.progress)
  const doorbell = new Signal(region, framework.doorbellWord)
  return {
    channel,
    mailbox,
    application: {
      region,
      buffers: layout.streams,
      datagramBuffers: layout.datagramBuffers,
      mailbox,
      outbox,
      wake: () => {
        if (doorbell.notify()) wakeDevice()
      },
      hasPassed,
    },
    upcallSignal: outbox.filled,
    close: () => {
      channel.close()
      wakeDevice()
    },
    protocolCounters: () => readProtocolCounters(region, layout, 0),
    threadCounters: (thread) => readCounters(region, framework.counters, thread),
  }
}

/** The counters in one state. */
export function readProtocolCounters(
  region: Region,
  layout: StackLayout,
  state: number,
): Record<string, number> {
  const globals = globalRecord.cursor(stateOf(region, layout, state), 0)
  return Object.fromEntries(
    Object.keys(globalRecord.fields).map((name) => [name, globals[name as keyof typeof globalRecord.fields]]),
  )
}

/**
 * Counters summed over all states. Words that are no counters (clocks, sizes of tables) are those of the
 * first state.
 */
export function sumProtocolCounters(
  region: Region,
  layout: StackLayout,
  states: number,
): Record<string, number> {
  const names = Object.keys(globalRecord.fields)
  const sums = readProtocolCounters(region, layout, 0)
  for (let state = 1; state < states; state++) {
    const counters = readProtocolCounters(region, layout, state)
    for (const name of names.slice(names.indexOf('requests'))) {
      sums[name] = ((sums[name] as number) + (counters[name] as number)) | 0
    }
  }
  return sums
}
