/**
 * The two ends of an outbox. Replicas write, each the numbers whose action it owns; the application reads strictly
 * in number order.
 *
 * Seeing number n means that all numbers below n were committed, and that everything their writers stored before
 * `commit` is visible. Bytes copied elsewhere before a commit are therefore a contiguous done prefix.
 *
 * A full outbox cannot deadlock: the reader waits for number p, and p always has room. Its writer handles
 * numbers in order. Were it stuck before p, it would be at a number below p, and those have been read
 * already.
 *
 * Records from many replicas to one reader, in the order of numbers that replicated state
 * assigned. Record n lies at n mod count.
 *
 *   word   0  position   number of the next record to be read          written by the reader
 *   ── line ──────────────────────────────────────────────────────────────────────────
 *         32  filled     signal: a record was committed                (see signal.ts)
 *   ── line ──────────────────────────────────────────────────────────────────────────
 *         64  records of 16 words:
 *                word 0  sequence   number + 1 once committed          the one writer of that number, last
 *                  1..15 fields     the domain's                       the one writer of that number
 *
 * Invariant: position ≤ every number being written < position + count; records below position are free.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'

export const outboxRecordWords = 16
/** Words of a record that belong to the domain. */
export const outboxFieldWords = outboxRecordWords - 1

export const OutboxWord = { position: 0, filled: lineWords, records: 2 * lineWords } as const

export interface OutboxLayout {
  /** Word offset of the outbox. */
  readonly baseWord: number
  /** Records; a power of two. */
  readonly count: number
}

export function planOutbox(plan: RegionPlan, count: number): OutboxLayout {
  assertPowerOfTwo(count, 'outboxCount')
  return { baseWord: plan.reserve((OutboxWord.records + count * outboxRecordWords) * 4) / 4, count }
}

/** Before any thread uses it: no record is committed, `firstNumber` is the next to be read. */
export function initialiseOutbox(region: Region, layout: OutboxLayout, firstNumber: number): void {
  region.words[layout.baseWord + OutboxWord.position] = firstNumber
  for (let k = 0; k < layout.count; k++) {
    const number = (firstNumber + k) | 0
    // Anything but number + 1 says "not committed".
    region.words[outboxRecord(layout, number)] = number
  }
}

/** Word offset of the signal on which the reader sleeps. */
export function outboxFilledWord(layout: OutboxLayout): number {
  return layout.baseWord + OutboxWord.filled
}

/** Word offset of a number's record. */
export function outboxRecord(layout: OutboxLayout, number: number): number {
  return layout.baseWord + OutboxWord.records + (number & (layout.count - 1)) * outboxRecordWords
}

/** One per replica's thread. */
export class OutboxWriter {
  readonly #words: Int32Array
  readonly #layout: OutboxLayout
  readonly #position: number
  readonly #filled: Signal
  /** The reader's position when last looked at: never ahead of the true one. */
  #seenPosition: number

  constructor(region: Region, layout: OutboxLayout) {
    this.#words = region.words
    this.#layout = layout
    this.#position = layout.baseWord + OutboxWord.position
    this.#filled = new Signal(region, layout.baseWord + OutboxWord.filled)
    this.#seenPosition = Atomics.load(this.#words, this.#position)
  }

  /**
   * Word offset of the record's fields, to be filled before `commit`; -1 while the reader is a whole ring behind:
   * try again later. Only the owner of the action that carries this number may call it.
   */
  tryPut(number: number): number {
    const { count } = this.#layout
    if (((number - this.#seenPosition) | 0) >= count) {
      this.#seenPosition = Atomics.load(this.#words, this.#position)
      if (((number - this.#seenPosition) | 0) >= count) return -1
    }
    return outboxRecord(this.#layout, number) + 1
  }

  /** Whether this number was handed over; it may have been read since. */
  isCommitted(number: number): boolean {
    if (((Atomics.load(this.#words, this.#position) - number) | 0) > 0) return true
    return Atomics.load(this.#words, outboxRecord(this.#layout, number)) === ((number + 1) | 0)
  }

  /** Hands the record over, and all that this thread stored before. */
  commit(number: number): void {
    Atomics.store(this.#words, outboxRecord(this.#layout, number), (number + 1) | 0)
    this.#filled.notify()
  }
}

/** The application's thread only. */
export class OutboxReader {
  readonly #words: Int32Array
  readonly #layout: OutboxLayout
  readonly #position: number
  readonly #freed: Signal
  /** Notified by every commit: where the reader sleeps. */
  readonly filled: Signal
  #next: number

  /** `freed` is where replicas wait for room: the channel's `progress` signal. */
  constructor(region: Region, layout: OutboxLayout, freed: Signal) {
    this.#words = region.words
    this.#layout = layout
    this.#position = layout.baseWord + OutboxWord.position
    this.#freed = freed
    this.filled = new Signal(region, layout.baseWord + OutboxWord.filled)
    this.#next = Atomics.load(this.#words, this.#position)
  }

  /** Number of the record that `peek` looks for. */
  get next(): number {
    return this.#next
  }

  /** Word offset of the next record's fields, -1 if it has not been committed. Valid until `advance`. */
  peek(): number {
    const record = outboxRecord(this.#layout, this.#next)
    return Atomics.load(this.#words, record) === ((this.#next + 1) | 0) ? record + 1 : -1
  }

  /** Done with the record that `peek` returned: its place is free. */
  advance(): void {
    this.#next = (this.#next + 1) | 0
    Atomics.store(this.#words, this.#position, this.#next)
    this.#freed.notify()
  }
}
