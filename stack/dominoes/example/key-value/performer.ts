/**
 * The effects of the key-value domain: replies to clients, and word of what expired. For a value this is the expensive
 * part of a request, which only the replica that claimed the action does. One instance a replica, its thread only.
 *
 * Invariant: it reads the store and never writes there.
 */
import { ActionWord, type OutboxWriter, type Region } from '../../index.ts'
import { Compressor } from './compressor.ts'
import { crc32 } from './crc32.ts'
import { ExpiredWord, keyWords, ReplyWord, Status, valueBytesLimit } from './messages.ts'
import { replyBufferAt, type ServiceLayout } from './service-layout.ts'
import type { Store } from './store.ts'
import { EntryWord } from './store-layout.ts'

export const Action = { reply: 1, expired: 2 } as const

/** Fields of an action, `client` and `number` of both kinds. */
export const ReplyField = {
  client: ActionWord.fields,
  /** Of the record in the client's outbox. */
  number: ActionWord.fields + 1,
  status: ActionWord.fields + 2,
  version: ActionWord.fields + 3,
  /** The entry whose value is asked for, -1: none. */
  entry: ActionWord.fields + 4,
} as const

export const ExpiredField = { keyBytes: ActionWord.fields + 2, key: ActionWord.fields + 3 } as const

export class Performer {
  readonly #region: Region
  readonly #layout: ServiceLayout
  readonly #store: Store
  readonly #storeBytes: Uint8Array
  readonly #outboxes: readonly OutboxWriter[]
  readonly #compressor = new Compressor(valueBytesLimit)

  constructor(region: Region, layout: ServiceLayout, store: Store, outboxes: readonly OutboxWriter[]) {
    this.#region = region
    this.#layout = layout
    this.#store = store
    this.#storeBytes = new Uint8Array(store.state.buffer)
    this.#outboxes = outboxes
  }

  /** False while the client is a whole window behind. */
  perform(fields: Int32Array, action: number): boolean {
    const client = fields[action + ReplyField.client] as number
    const number = fields[action + ReplyField.number] as number
    const outbox = this.#outboxes[client] as OutboxWriter
    const record = outbox.tryPut(number)
    if (record < 0) return false
    if (fields[action + ActionWord.kind] === Action.expired) this.#writeExpired(fields, action, record)
    else this.#writeReply(fields, action, record, replyBufferAt(this.#layout, client, number))
    outbox.commit(number)
    return true
  }

  #writeExpired(fields: Int32Array, action: number, record: number): void {
    const { words } = this.#region
    words[record + ExpiredWord.status] = Status.expired
    words[record + ExpiredWord.keyBytes] = fields[action + ExpiredField.keyBytes] as number
    for (let k = 0; k < keyWords; k++) {
      words[record + ExpiredWord.key + k] = fields[action + ExpiredField.key + k] as number
    }
  }

  #writeReply(fields: Int32Array, action: number, record: number, buffer: number): void {
    const { words, bytes } = this.#region
    const entry = fields[action + ReplyField.entry] as number
    let valueBytes = 0
    let encodedBytes = 0
    if (entry >= 0) {
      const at = this.#store.wordOf(entry)
      const value = (at + EntryWord.value) * 4
      valueBytes = this.#store.state[at + EntryWord.valueBytes] as number
      encodedBytes = this.#compressor.compress(this.#storeBytes, value, valueBytes, bytes, buffer)
    }
    words[record + ReplyWord.status] = fields[action + ReplyField.status] as number
    words[record + ReplyWord.version] = fields[action + ReplyField.version] as number
    words[record + ReplyWord.valueBytes] = valueBytes
    words[record + ReplyWord.encodedBytes] = encodedBytes
    words[record + ReplyWord.crc] = crc32(bytes, buffer, buffer + encodedBytes)
  }
}
