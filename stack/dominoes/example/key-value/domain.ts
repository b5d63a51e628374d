/**
 * The key-value domain: what a replica of the service does with a request. Checking verifies and parses a command,
 * applying changes the store, performing builds the reply, which for a value means to compress it.
 *
 * One instance a replica, called by its thread only. Invariant: `apply` and `resume` read the store and the slot, and
 * nothing else; every command gets exactly one reply, in the order in which its client sent them.
 */
import {
  ActionQueue,
  type Domain,
  hashWords,
  noDeadline,
  type OutboxWriter,
  type Region,
  SlotWord,
  slotPayloadOffset,
} from '../../index.ts'
import { CommandWord, expiryMillisLimit, isSound, keyWords, Operation, Status } from './messages.ts'
import { Action, ExpiredField, Performer, ReplyField } from './performer.ts'
import type { ServiceLayout } from './service-layout.ts'
import { Store } from './store.ts'
import { EntryWord, Head, planStore } from './store-layout.ts'

export const Request = { command: 1, tick: 2 } as const
/** A command's only argument: the client it came from. The command itself is the payload. */
export const RequestArgument = { client: SlotWord.arguments } as const

/** Actions of one `apply` before they are performed: small, so that expiring many keys goes by `resume`. */
const actionCapacity = 8
const payloadWord = slotPayloadOffset / 4

export interface KeyValueDomainParts {
  readonly region: Region
  readonly layout: ServiceLayout
  /** One for each client. */
  readonly outboxes: readonly OutboxWriter[]
}

export class KeyValueDomain implements Domain {
  readonly actions = new ActionQueue(actionCapacity)
  readonly store: Store
  readonly #region: Region
  readonly #clientsWord: number
  readonly #performer: Performer
  /** The slot of a request that waits until due keys have expired, -1: none. */
  #pendingSlot = -1

  constructor({ region, layout, outboxes }: KeyValueDomainParts) {
    const storeLayout = planStore(layout.entryCount, layout.clients)
    const state = new Int32Array(storeLayout.words)
    this.store = new Store(state, storeLayout)
    this.#clientsWord = storeLayout.clientsWord
    this.#performer = new Performer(region, layout, this.store, outboxes)
    this.#region = region
  }

  // ── check: by one replica, reads no state ───────────────────────────────

  needsCheck(slot: number): boolean {
    return this.#region.words[slot + SlotWord.kind] === Request.command
  }

  /** Leaves the hash of the key in the slot's head. */
  check(slot: number): number {
    const { words, bytes } = this.#region
    const command = slot + payloadWord
    if (!isSound(words, bytes, command, words[slot + SlotWord.length] as number)) return -1
    const key = command + CommandWord.key
    words[slot + SlotWord.head] = hashWords(words, key, key + keyWords)
    return 1
  }

  // ── apply: by every replica, in order ───────────────────────────────────

  apply(slot: number): void {
    this.#pendingSlot = slot
    this.resume()
  }

  hasMore(): boolean {
    return this.#pendingSlot >= 0
  }

  /** Timers first: keys whose time has come are gone before the request is looked at. */
  resume(): void {
    const slot = this.#pendingSlot
    const { words } = this.#region
    const { deadlines } = this.store
    const now = words[slot + SlotWord.time] as number
    while (deadlines.count > 0 && deadlines.untilFirst(now) <= 0) {
      if (this.actions.isFull) return
      this.#expire(deadlines.first)
    }
    if (this.actions.isFull) return
    this.#pendingSlot = -1
    if (words[slot + SlotWord.kind] === Request.command) this.#applyCommand(slot, now)
  }

  #expire(entry: number): void {
    const { state } = this.store
    const at = this.store.wordOf(entry)
    const action = this.#pushAction(Action.expired, state[at + EntryWord.owner] as number)
    const fields = this.actions.words
    fields[action + ExpiredField.keyBytes] = state[at + EntryWord.keyBytes] as number
    for (let k = 0; k < keyWords; k++) {
      fields[action + ExpiredField.key + k] = state[at + EntryWord.key + k] as number
    }
    this.#remove(entry)
  }

  #applyCommand(slot: number, now: number): void {
    const { words } = this.#region
    const client = words[slot + RequestArgument.client] as number
    if ((words[slot + SlotWord.verdict] as number) < 0) {
      this.store.state[Head.refused] = ((this.store.state[Head.refused] as number) + 1) | 0
      this.#reply(client, Status.refused, 0, -1)
      return
    }
    const command = slot + payloadWord
    const entry = this.store.find(words, command + CommandWord.key, words[slot + SlotWord.head] as number)
    const operand = words[command + CommandWord.operand] as number
    const version = entry < 0 ? 0 : this.#versionOf(entry)
    switch ((words[command + CommandWord.what] as number) & 255) {
      case Operation.get:
        this.#reply(client, entry < 0 ? Status.missing : Status.done, version, entry)
        return
      case Operation.put:
        this.#put(client, slot, entry)
        return
      case Operation.compareAndSet:
        if (version === operand) this.#put(client, slot, entry)
        else this.#reply(client, Status.conflict, version, -1)
        return
      case Operation.remove:
        if (entry >= 0) this.#remove(entry)
        this.#reply(client, entry < 0 ? Status.missing : Status.done, version, -1)
        return
      case Operation.expire:
        if (entry >= 0) {
          this.store.deadlines.set(entry, (now + Math.min(operand, expiryMillisLimit) * 1000) | 0)
          this.store.state[this.store.wordOf(entry) + EntryWord.owner] = client
        }
        this.#reply(client, entry < 0 ? Status.missing : Status.done, version, -1)
        return
    }
  }

  /** Writes the value, to a new entry if there was none; a key that is written anew does not expire any more. */
  #put(client: number, slot: number, found: number): void {
    const { words } = this.#region
    const { state, deadlines } = this.store
    const command = slot + payloadWord
    const what = words[command + CommandWord.what] as number
    const key = command + CommandWord.key
    const hash = words[slot + SlotWord.head] as number
    const entry = found >= 0 ? found : this.store.insert(words, key, (what >>> 8) & 255, hash)
    if (entry < 0) {
      this.#reply(client, Status.full, 0, -1)
      return
    }
    deadlines.remove(entry)
    const at = this.store.wordOf(entry)
    const valueBytes = what >>> 16
    state[at + EntryWord.valueBytes] = valueBytes
    state[at + EntryWord.version] = this.#nextVersion()
    const value = command + CommandWord.value
    for (let k = 0; k * 4 < valueBytes; k++) state[at + EntryWord.value + k] = words[value + k] as number
    this.#reply(client, Status.done, this.#versionOf(entry), -1)
  }

  #remove(entry: number): void {
    this.store.remove(entry)
    this.#nextVersion()
  }

  #versionOf(entry: number): number {
    return this.store.state[this.store.wordOf(entry) + EntryWord.version] as number
  }

  #nextVersion(): number {
    const version = ((this.store.state[Head.version] as number) + 1) | 0
    this.store.state[Head.version] = version
    return version
  }

  #reply(client: number, status: number, version: number, entry: number): void {
    const action = this.#pushAction(Action.reply, client)
    this.actions.words[action + ReplyField.status] = status
    this.actions.words[action + ReplyField.version] = version
    this.actions.words[action + ReplyField.entry] = entry
  }

  /** Numbers an action twice: among all, to be claimed, and among those of the client, whose outbox has that order. */
  #pushAction(kind: number, client: number): number {
    const { state } = this.store
    const fields = this.actions.words
    const number = state[Head.nextAction] as number
    state[Head.nextAction] = (number + 1) | 0
    const action = this.actions.push(kind, number)
    fields[action + ReplyField.client] = client
    fields[action + ReplyField.number] = state[this.#clientsWord + client] as number
    state[this.#clientsWord + client] = ((state[this.#clientsWord + client] as number) + 1) | 0
    return action
  }

  // ── perform: by the replica that claimed it ─────────────────────────────

  /** The state is still that of the request that asked: no other is applied before this is done. */
  perform(action: number): boolean {
    return this.#performer.perform(this.actions.words, action)
  }

  // ── for the framework ───────────────────────────────────────────────────

  microsUntilDeadline(nowMicros: number): number {
    const { deadlines } = this.store
    return deadlines.count === 0 ? noDeadline : Math.max(0, deadlines.untilFirst(nowMicros))
  }

  digest(): number {
    return hashWords(this.store.state, 0, this.store.state.length)
  }

  copyState(target: Int32Array): void {
    target.set(this.store.state)
  }
}
