/**
 * The slots into which one worker reads frames. Its own it uses again at once, the last one first, so that they stay in
 * its cache; those lent to other workers come back when their borrower is done. Called by the owning worker only, but
 * for `giveBack`.
 *
 * A lent slot's claim word is 1 until the borrower stores 0. Frames may be lent for long, so a few slots are
 * never used for frames: the worker's timers and the application's requests need slots, too.
 */
import { SlotWord } from '../../dominoes/contract/slot.ts'

/** Slots that are not for frames. */
const keptBack = 8

export class SlotPool {
  readonly #words: Int32Array
  readonly #first: number
  readonly #end: number
  readonly #free: Int32Array
  #freeCount = 0
  /** Lent slots, oldest first: a ring. */
  readonly #lent: Int32Array
  #lentHead = 0
  #lentCount = 0

  /** `count` slots of `slotWords` words from word offset `first`. */
  constructor(words: Int32Array, first: number, count: number, slotWords: number) {
    this.#words = words
    this.#first = first
    this.#end = first + count * slotWords
    this.#free = new Int32Array(count)
    this.#lent = new Int32Array(count)
    for (let k = count - 1; k >= 0; k--) this.give(first + k * slotWords)
  }

  owns(slot: number): boolean {
    return slot >= this.#first && slot < this.#end
  }

  /** Whether there is a slot for a frame. */
  hasSpare(): boolean {
    if (this.#freeCount <= keptBack) this.#reclaim()
    return this.#freeCount > keptBack
  }

  /** A slot to fill; -1 if all are in use. */
  take(): number {
    if (this.#freeCount === 0) this.#reclaim()
    if (this.#freeCount === 0) return -1
    this.#freeCount -= 1
    return this.#free[this.#freeCount] as number
  }

  /** This worker is done with the slot. */
  give(slot: number): void {
    this.#free[this.#freeCount] = slot
    this.#freeCount += 1
  }

  /** Another worker is about to get the slot. */
  lend(slot: number): void {
    this.#words[slot + SlotWord.claim] = 1
    this.#lent[(this.#lentHead + this.#lentCount) % this.#lent.length] = slot
    this.#lentCount += 1
  }

  /** In order of lending: one that is kept for long keeps later ones, which is why a pool is large. */
  #reclaim(): void {
    while (this.#lentCount > 0) {
      const slot = this.#lent[this.#lentHead] as number
      if (Atomics.load(this.#words, slot + SlotWord.claim) !== 0) return
      this.#lentHead = (this.#lentHead + 1) % this.#lent.length
      this.#lentCount -= 1
      this.give(slot)
    }
  }
}

/** The borrower's thread only: it is done with the slot. */
export function giveBack(words: Int32Array, slot: number): void {
  Atomics.store(words, slot + SlotWord.claim, 0)
}
