/** Threads that each exercise one shared structure as hard as they can; see `structures.race.test.ts`. */
import { workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import type { MailboxLayout } from '../channel/mailbox.ts'
import { Mailbox } from '../channel/mailbox.ts'
import { OutboxWriter } from '../channel/outbox.ts'
import { ClaimBoard } from '../claims/claim-board.ts'
import { SlotWord } from '../contract/slot.ts'
import { openRegion } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'

export interface StructureWorkerData {
  readonly kind: 'hold' | 'produce' | 'consume' | 'claim' | 'put' | 'post' | 'take' | 'turn'
  readonly id: number
  readonly buffer: SharedArrayBuffer
  readonly layout: FrameworkLayout
  /** Things to do in all. */
  readonly count: number
  /** The first index or number. */
  readonly first: number
  /** Word offset of this thread's table of results, or of what the threads share. */
  readonly resultWord: number
  /** Word offset of the count of threads that are ready; all start at once when it reaches `threads`. */
  readonly readyWord: number
  readonly threads: number
}

const data = workerData as StructureWorkerData
const { kind, id, buffer, layout, count, first, resultWord, readyWord } = data
const region = openRegion(buffer)
const { words } = region
const forever = Number.POSITIVE_INFINITY

const bodies: Record<StructureWorkerData['kind'], () => void> = {
  /** Counts by plain loads and stores while it holds the role: right only if nobody else does. */
  hold() {
    const channel = new Channel(region, layout.channel, id)
    for (let k = 0; k < count; ) {
      if (!channel.tryAcquireProducer()) continue
      words[resultWord] = (words[resultWord] as number) + 1
      channel.releaseProducer()
      k += 1
    }
  },

  /** Publishes numbers from a plain shared counter, in turn with other producers. */
  produce() {
    const channel = new Channel(region, layout.channel, id)
    while (Atomics.load(words, resultWord) < count) {
      const token = channel.progress.prepare()
      if (!channel.tryAcquireProducer()) continue
      const free = Math.min(channel.freeSlots(3), 3, count - (words[resultWord] as number))
      for (let k = 0; k < free; k++) {
        const next = words[resultWord] as number
        words[channel.slotAhead(k) + SlotWord.arguments] = next
        words[resultWord] = next + 1
      }
      channel.publish(free)
      channel.releaseProducer()
      if (free === 0 && Atomics.load(words, resultWord) < count) channel.progress.wait(token, forever)
    }
  },

  /** Notes what it sees at each index. */
  consume() {
    const channel = new Channel(region, layout.channel, id)
    for (let position = first; ((position - first) | 0) < count; ) {
      const token = channel.published.prepare()
      const { tail } = channel
      if (position === tail) channel.published.wait(token, forever)
      for (; position !== tail; position = (position + 1) | 0) {
        const slot = channel.slotOf(position)
        words[resultWord + ((position - first) | 0)] = words[slot + SlotWord.arguments] as number
        if (!channel.holds(slot, position)) throw new Error('slot reused before it was passed')
        channel.setPosition(id, (position + 1) | 0)
      }
    }
  },

  /** Claims every number in order, and counts what it won. */
  claim() {
    const board = new ClaimBoard(region, layout.claims)
    for (let k = 0; k < count; k++) if (board.claim((first + k) | 0)) Atomics.add(words, resultWord + k, 1)
  },

  /** Puts the numbers it claims. */
  put() {
    const board = new ClaimBoard(region, layout.claims)
    const outbox = new OutboxWriter(region, layout.outbox)
    const { progress } = new Channel(region, layout.channel, id)
    for (let k = 0; k < count; k++) {
      const number = (first + k) | 0
      if (!board.claim(number)) continue
      for (;;) {
        const token = progress.prepare()
        const record = outbox.tryPut(number)
        if (record >= 0) {
          words[record] = number
          words[record + 14] = ~number
          words[resultWord + k] = number
          outbox.commit(number)
          break
        }
        progress.wait(token, forever)
      }
    }
  },

  post() {
    const mailbox = new Mailbox(region, layout.mailboxes[0] as MailboxLayout)
    const taken = new Signal(region, layout.doorbellWord)
    const { published } = new Channel(region, layout.channel, id)
    for (let k = 0; k < count; ) {
      const token = taken.prepare()
      if (mailbox.tryPost(k, 0, 0, 0, ~k)) {
        k += 1
        published.notify()
      } else {
        taken.wait(token, forever)
      }
    }
  },

  take() {
    const mailbox = new Mailbox(region, layout.mailboxes[0] as MailboxLayout)
    const taken = new Signal(region, layout.doorbellWord)
    const { published } = new Channel(region, layout.channel, id)
    for (let k = 0; k < count; ) {
      const token = published.prepare()
      const record = mailbox.peek()
      if (record >= 0) {
        words[resultWord + k] = words[record + 4] as number
        mailbox.advance()
        k += 1
        taken.notify()
      } else {
        published.wait(token, forever)
      }
    }
  },

  /** Threads 0 and 1 take turns: each waits until the shared number has its parity. */
  turn() {
    const signal = new Signal(region, layout.doorbellWord)
    while (Atomics.load(words, resultWord) < count) {
      const token = signal.prepare()
      const turn = Atomics.load(words, resultWord)
      if (turn >= count) break
      if ((turn & 1) !== id) {
        signal.wait(token, forever)
        continue
      }
      Atomics.store(words, resultWord, turn + 1)
      signal.notify()
    }
  },
}

Atomics.add(words, readyWord, 1)
while (Atomics.load(words, readyWord) < data.threads);
bodies[kind]()
