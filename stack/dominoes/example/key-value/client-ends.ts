/**
 * A client's ends of the service: posts commands, takes replies. Nothing here waits, so it runs on a thread of its own
 * as well as in a simulation. One thread a client.
 *
 * Invariant: replies come in the order of the commands; what was posted and is not answered is at most the window.
 */
import {
  Channel,
  Mailbox,
  type MailboxLayout,
  type OutboxLayout,
  OutboxReader,
  openRegion,
  type Region,
  Signal,
} from '../../index.ts'
import { expand } from './compressor.ts'
import { crc32 } from './crc32.ts'
import { type Command, ExpiredWord, encodeCommand, ReplyWord, Status, valueBytesLimit } from './messages.ts'
import { commandBufferAt, replyBufferAt, type Service, type ServiceLayout } from './service-layout.ts'

export interface Reply {
  /** One of `Status`. */
  readonly status: number
  /** Version of the key, 0 if there is none. */
  readonly version: number
  /** Empty unless asked for. */
  readonly value: Uint8Array
}

export interface ClientHandler {
  onReply(reply: Reply): void
  onExpired(key: Uint8Array): void
}

const nothing = new Uint8Array(0)

export class ClientEnds {
  readonly #region: Region
  readonly #layout: ServiceLayout
  readonly #client: number
  readonly #mailbox: Mailbox
  readonly #outbox: OutboxReader
  readonly #doorbell: Signal
  readonly #scratch = new Uint8Array(valueBytesLimit)
  #posted = 0
  #answered = 0

  /** `client` is 0 … clients - 1, each for one thread. */
  constructor(service: Service, client: number) {
    const region = openRegion(service.buffer)
    const { framework } = service.layout
    // Threads that are no replicas have numbers behind the replicas'.
    const channel = new Channel(region, framework.channel, service.layout.replicas + client)
    this.#region = region
    this.#layout = service.layout
    this.#client = client
    this.#mailbox = new Mailbox(region, framework.mailboxes[client] as MailboxLayout)
    this.#outbox = new OutboxReader(region, framework.outboxes[client] as OutboxLayout, channel.progress)
    this.#doorbell = new Signal(region, framework.doorbellWord)
  }

  /** Notified when something can be taken. */
  get filled(): Signal {
    return this.#outbox.filled
  }

  /** Commands posted and not answered. */
  get outstanding(): number {
    return this.#posted - this.#answered
  }

  /** Posts a command; false while the window is full. Call `wake` after the last of several. */
  tryPost(command: Command): boolean {
    if (this.outstanding >= this.#layout.window) return false
    const at = commandBufferAt(this.#layout, this.#client, this.#posted)
    const { words, bytes } = this.#region
    const length = encodeCommand(words, bytes, at / 4, command)
    // There is room: the window is as long as the mailbox, and what was answered was taken.
    this.#mailbox.tryPost(at, length)
    this.#posted += 1
    return true
  }

  /** Wakes a service that sleeps. */
  wake(): void {
    this.#doorbell.notify()
  }

  /** Takes at most `limit` records that have come; returns how many. Throws if a reply is not what was sent. */
  poll(limit: number, handler: ClientHandler): number {
    let count = 0
    for (; count < limit; count++) {
      const record = this.#outbox.peek()
      if (record < 0) break
      const isExpiry = this.#region.words[record + ReplyWord.status] === Status.expired
      const key = isExpiry ? this.#readKey(record) : nothing
      const reply = isExpiry ? undefined : this.#readReply(record)
      this.#outbox.advance()
      if (reply === undefined) {
        handler.onExpired(key)
      } else {
        this.#answered += 1
        handler.onReply(reply)
      }
    }
    return count
  }

  #readReply(record: number): Reply {
    const { words, bytes } = this.#region
    const field = (word: number) => words[record + word] as number
    const buffer = replyBufferAt(this.#layout, this.#client, this.#outbox.next)
    const encodedBytes = field(ReplyWord.encodedBytes)
    const valueBytes = field(ReplyWord.valueBytes)
    if (crc32(bytes, buffer, buffer + encodedBytes) !== field(ReplyWord.crc)) {
      throw new Error('a reply was damaged')
    }
    const isEmpty = encodedBytes === 0
    if (!isEmpty && expand(bytes, buffer, encodedBytes, this.#scratch) !== valueBytes) {
      throw new Error('a reply cannot be expanded')
    }
    const value = isEmpty ? nothing : this.#scratch.slice(0, valueBytes)
    return { status: field(ReplyWord.status), version: field(ReplyWord.version), value }
  }

  #readKey(record: number): Uint8Array {
    const { words, bytes } = this.#region
    const at = (record + ExpiredWord.key) * 4
    return bytes.slice(at, at + (words[record + ExpiredWord.keyBytes] as number))
  }
}
