/**
 * A mailbox: one thread posts records, one thread takes them, in order. Both work through an object of this class
 * over the same layout. The receiving side keeps no private state, so it may move between threads as the producer
 * role does, as long as one hand-over happens before the next thread takes.
 *
 * Posting wakes nobody. The receiver decides who waits for mail, and how (see `Signal`).
 *
 * A ring of fixed records from one sender to one receiver.
 *
 *   word   0  tail     records posted so far, wrapping    written by the sender
 *   ── line ──────────────────────────────────────────────────────────────
 *         32  head     records taken so far, wrapping     written by the receiver
 *   ── line ──────────────────────────────────────────────────────────────
 *         64  records of 16 words                         the sender, before the tail
 *
 * Invariant: head ≤ tail ≤ head + count.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const mailboxRecordWords = 16

export const MailboxWord = { tail: 0, head: lineWords, records: 2 * lineWords } as const

export interface MailboxLayout {
  /** Word offset of the mailbox. */
  readonly baseWord: number
  /** Records; a power of two. */
  readonly count: number
}

export function planMailbox(plan: RegionPlan, count: number): MailboxLayout {
  assertPowerOfTwo(count, 'mailbox count')
  return { baseWord: plan.reserve((MailboxWord.records + count * mailboxRecordWords) * 4) / 4, count }
}

/** Before any thread uses it. */
export function initialiseMailbox(region: Region, layout: MailboxLayout, first: number): void {
  region.words[layout.baseWord + MailboxWord.tail] = first
  region.words[layout.baseWord + MailboxWord.head] = first
}

export class Mailbox {
  readonly #words: Int32Array
  readonly #tail: number
  readonly #head: number
  readonly #records: number
  readonly #count: number

  constructor(region: Region, layout: MailboxLayout) {
    this.#words = region.words
    this.#tail = layout.baseWord + MailboxWord.tail
    this.#head = layout.baseWord + MailboxWord.head
    this.#records = layout.baseWord + MailboxWord.records
    this.#count = layout.count
  }

  /** Sender only. Word offset of the record to fill before `post`, -1 if the receiver is a whole ring behind. */
  tryOpen(): number {
    const tail = this.#words[this.#tail] as number
    if (((tail - Atomics.load(this.#words, this.#head)) | 0) === this.#count) return -1
    return this.#recordAt(tail)
  }

  /** Sender only. Hands over the record that `tryOpen` opened. */
  post(): void {
    Atomics.store(this.#words, this.#tail, ((this.#words[this.#tail] as number) + 1) | 0)
  }

  /** Sender only. Opens, fills and posts a record of up to five words; false if there is no room. */
  tryPost(first: number, second = 0, third = 0, fourth = 0, fifth = 0): boolean {
    const at = this.tryOpen()
    if (at < 0) return false
    const words = this.#words
    words[at] = first
    words[at + 1] = second
    words[at + 2] = third
    words[at + 3] = fourth
    words[at + 4] = fifth
    this.post()
    return true
  }

  /** Sender only. Opens, fills with `record`, at most `mailboxRecordWords`, and posts; false if there is no room. */
  tryPostRecord(record: Int32Array): boolean {
    const at = this.tryOpen()
    if (at < 0) return false
    this.#words.set(record, at)
    this.post()
    return true
  }

  /** Receiver only. Word offset of the k-th record that is there, -1 if there are not so many. Valid until `advance`. */
  peek(k = 0): number {
    const head = this.#words[this.#head] as number
    if (((Atomics.load(this.#words, this.#tail) - head) | 0) <= k) return -1
    return this.#recordAt((head + k) | 0)
  }

  /** Receiver only. Done with the first `count` records that `peek` returned. */
  advance(count = 1): void {
    Atomics.store(this.#words, this.#head, ((this.#words[this.#head] as number) + count) | 0)
  }

  /** Receiver only. How many records were taken before the first that is there, wrapping: its number. */
  get taken(): number {
    return this.#words[this.#head] as number
  }

  /** Receiver only. Done with all records whose number is below `number`, if they are still there. */
  advanceTo(number: number): void {
    if (((number - this.taken) | 0) > 0) Atomics.store(this.#words, this.#head, number)
  }

  /** Records posted and not yet taken. Any thread; the answer may be old at once. */
  get size(): number {
    const head = Atomics.load(this.#words, this.#head)
    return (Atomics.load(this.#words, this.#tail) - head) | 0
  }

  #recordAt(position: number): number {
    return this.#records + (position & (this.#count - 1)) * mailboxRecordWords
  }
}
