/**
 * Where a service's requests come from: the clients' mailboxes, in turn, and the passing of time. One instance a
 * replica's thread; polled by whichever holds the producer role, so it keeps nothing from poll to poll.
 */
import {
  type Channel,
  type Domain,
  type Mailbox,
  noDeadline,
  type Region,
  type Signal,
  SlotWord,
  type Source,
  slotPayloadOffset,
} from '../../index.ts'
import { Request, RequestArgument } from './domain.ts'

/** Most requests of one poll: bounds how long the producer role is held. */
const batch = 16
/** Requests that become visible to the other replicas at once. */
const publishedTogether = 4

export interface KeyValueSourceParts {
  readonly region: Region
  readonly channel: Channel
  readonly domain: Domain
  /** One for each client. */
  readonly mailboxes: readonly Mailbox[]
  readonly doorbell: Signal
  readonly nowMicros: () => number
}

export class KeyValueSource implements Source {
  readonly #parts: KeyValueSourceParts

  constructor(parts: KeyValueSourceParts) {
    this.#parts = parts
  }

  poll(): number {
    const { channel, domain } = this.#parts
    const limit = Math.min(batch, channel.freeSlots(batch))
    if (limit === 0) return 0
    const last = channel.lastTime
    const now = this.#parts.nowMicros()
    const passed = (now - last) | 0
    const time = passed < 0 ? last : now
    channel.lastTime = time
    const count = this.#takePosted(limit, time)
    if (count > 0 || (domain.microsUntilDeadline(time) > 0 && passed < noDeadline)) return count
    // A key's time has come; or nothing happened for so long that times would soon not compare any more.
    const slot = channel.slotAhead(0)
    this.#fill(slot, Request.tick, time, 0)
    channel.publish(1)
    return 1
  }

  wait(micros: number): void {
    const { channel, doorbell, mailboxes } = this.#parts
    const token = doorbell.prepare()
    for (const mailbox of mailboxes) if (mailbox.size > 0) return
    if (!channel.isClosing) doorbell.wait(token, micros)
  }

  /** One command from each client in turn, until there are no more. Publishes them in small pieces. */
  #takePosted(limit: number, time: number): number {
    const { channel, mailboxes } = this.#parts
    let total = 0
    let pending = 0
    for (let before = -1; before < total && total < limit; ) {
      before = total
      for (let client = 0; client < mailboxes.length && total < limit; client++) {
        const mailbox = mailboxes[client] as Mailbox
        const record = mailbox.peek()
        if (record < 0) continue
        this.#fillCommand(channel.slotAhead(pending), time, client, record)
        mailbox.advance()
        total += 1
        pending += 1
        if (pending < publishedTogether) continue
        channel.publish(pending)
        pending = 0
      }
    }
    if (pending > 0) channel.publish(pending)
    return total
  }

  /** A record says where the command lies: byte offset and length. */
  #fillCommand(slot: number, time: number, client: number, record: number): void {
    const { words, bytes } = this.#parts.region
    const at = words[record] as number
    const length = words[record + 1] as number
    this.#fill(slot, Request.command, time, length)
    words[slot + RequestArgument.client] = client
    bytes.copyWithin(slot * 4 + slotPayloadOffset, at, at + length)
  }

  #fill(slot: number, kind: number, time: number, length: number): void {
    const { words } = this.#parts.region
    words[slot + SlotWord.kind] = kind
    words[slot + SlotWord.time] = time
    words[slot + SlotWord.random] = 0
    words[slot + SlotWord.length] = length
  }
}
