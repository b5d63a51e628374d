/**
 * A domain for tests: a few registers that requests change, a timer, and actions that append to the outbox. Every field
 * of every request goes into the state, so replicas that saw anything else, or in another order, have other digests.
 */

import type { OutboxWriter } from '../channel/outbox.ts'
import { ActionQueue, ActionWord } from '../contract/action-queue.ts'
import { hashWords } from '../contract/digest.ts'
import { type Domain, noDeadline } from '../contract/domain.ts'
import { SlotWord, slotPayloadOffset } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'

export const RegisterRequest = {
  /** Payload: register, value, filler, sum of these. Checked. */
  write: 1,
  tick: 2,
  /** Arguments: register, value, number of actions to emit. */
  add: 3,
  /** Argument: microseconds until the timer fires. */
  arm: 4,
} as const

export const RecordWord = { number: 0, register: 1, value: 2 } as const

const State = {
  nextAction: 0,
  time: 1,
  isArmed: 2,
  deadline: 3,
  refused: 4,
  order: 5,
  firings: 6,
  registers: 8,
}
const registerCount = 32
const ActionField = { register: ActionWord.fields, value: ActionWord.fields + 1 }

export interface RegisterDomainParts {
  readonly region: Region
  readonly queueCapacity: number
  /** Actions and outbox records count alike, from here. */
  readonly firstNumber: number
  /** Left out: actions are performed without leaving a record. */
  readonly outbox?: OutboxWriter
  /** Word offset of a table of `logCount` words (a power of two) in which performs are counted by number. */
  readonly logWord: number
  readonly logCount: number
  /** Where the state is, if it was initialised before; otherwise the domain makes its own. */
  readonly state?: Int32Array
  /** Where the action queue is, if others are to see it. */
  readonly queue?: Int32Array
}

export const registerStateWords = State.registers + registerCount

/** What a state holds before the first request. */
export function initialiseRegisterState(state: Int32Array, firstNumber: number): void {
  state[State.nextAction] = firstNumber
}

export class RegisterDomain implements Domain {
  readonly actions: ActionQueue
  readonly state: Int32Array
  readonly #words: Int32Array
  readonly #parts: RegisterDomainParts
  #pending = 0
  #register = 0

  constructor(parts: RegisterDomainParts) {
    this.#parts = parts
    this.#words = parts.region.words
    this.actions = new ActionQueue(parts.queueCapacity, parts.queue)
    this.state = parts.state ?? new Int32Array(registerStateWords)
    if (parts.state === undefined) initialiseRegisterState(this.state, parts.firstNumber)
  }

  get firings(): number {
    return this.state[State.firings] as number
  }

  get refused(): number {
    return this.state[State.refused] as number
  }

  needsCheck(slot: number): boolean {
    return this.#words[slot + SlotWord.kind] === RegisterRequest.write
  }

  check(slot: number): number {
    const words = this.#words
    const payload = slot + slotPayloadOffset / 4
    const last = payload + (words[slot + SlotWord.length] as number) / 4 - 1
    let sum = 0
    for (let at = payload; at < last; at++) sum = (sum + (words[at] as number)) | 0
    if (sum !== words[last]) return -1
    words[slot + SlotWord.head] = words[payload] as number
    words[slot + SlotWord.head + 1] = words[payload + 1] as number
    return 1
  }

  apply(slot: number): void {
    const words = this.#words
    const time = words[slot + SlotWord.time] as number
    this.#fireTimer(time)
    this.#addToOrder(slot)
    const first = words[slot + SlotWord.arguments] as number
    switch (words[slot + SlotWord.kind]) {
      case RegisterRequest.write:
        if ((words[slot + SlotWord.verdict] as number) > 0) {
          this.#change(words[slot + SlotWord.head] as number, words[slot + SlotWord.head + 1] as number, 1)
        } else {
          this.state[State.refused] = this.refused + 1
        }
        break
      case RegisterRequest.add:
        this.#change(
          first,
          words[slot + SlotWord.arguments + 1] as number,
          words[slot + SlotWord.arguments + 2] as number,
        )
        break
      case RegisterRequest.arm:
        this.state[State.isArmed] = 1
        this.state[State.deadline] = (time + first) | 0
        break
    }
    this.resume()
  }

  hasMore(): boolean {
    return this.#pending > 0
  }

  resume(): void {
    while (this.#pending > 0 && !this.actions.isFull) {
      this.#pending -= 1
      const number = this.state[State.nextAction] as number
      this.state[State.nextAction] = (number + 1) | 0
      const at = this.actions.push(1, number)
      this.actions.words[at + ActionField.register] = this.#register
      this.actions.words[at + ActionField.value] = this.state[State.registers + this.#register] as number
    }
  }

  perform(action: number, _slot: number): boolean {
    const { outbox, logWord, logCount } = this.#parts
    const fields = this.actions.words
    const number = fields[action + ActionWord.number] as number
    if (outbox !== undefined) {
      const record = outbox.tryPut(number)
      if (record < 0) return false
      this.#words[record + RecordWord.number] = number
      this.#words[record + RecordWord.register] = fields[action + ActionField.register] as number
      this.#words[record + RecordWord.value] = fields[action + ActionField.value] as number
    }
    Atomics.add(this.#words, logWord + (number & (logCount - 1)), 1)
    outbox?.commit(number)
    return true
  }

  isUndone(action: number): boolean {
    const number = this.actions.words[action + ActionWord.number] as number
    return this.#parts.outbox !== undefined && !this.#parts.outbox.isCommitted(number)
  }

  microsUntilDeadline(nowMicros: number): number {
    if (this.state[State.isArmed] === 0) return noDeadline
    return Math.max(0, ((this.state[State.deadline] as number) - nowMicros) | 0)
  }

  digest(): number {
    return hashWords(this.state, 0, this.state.length)
  }

  copyState(target: Int32Array): void {
    target.set(this.state)
  }

  #fireTimer(time: number): void {
    if (this.state[State.isArmed] === 0 || ((time - (this.state[State.deadline] as number)) | 0) < 0) return
    this.state[State.isArmed] = 0
    this.state[State.firings] = this.firings + 1
  }

  #addToOrder(slot: number): void {
    const words = this.#words
    let order = hashWords(words, slot + SlotWord.kind, slot + SlotWord.arguments + 3, this.state[State.order])
    order = hashWords(words, slot + SlotWord.verdict, slot + SlotWord.verdict + 1, order)
    this.state[State.order] = order
  }

  #change(register: number, value: number, actions: number): void {
    this.#register = register & (registerCount - 1)
    const at = State.registers + this.#register
    this.state[at] = (Math.imul(this.state[at] as number, 31) + value) | 0
    this.#pending = actions
  }
}
