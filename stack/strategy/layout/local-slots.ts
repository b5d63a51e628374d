/**
 * The few slots of the sequential strategy: requests go from source to protocol on one thread, so there is nothing
 * to order, claim or wait for. Same slot layout as a channel, none of its words shared. One thread only.
 *
 * Invariant: slots are filled in order from the first; all are free again after `clear`.
 */
import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { RequestSink } from '../parts/network-source.ts'

/** Where the slots are: a channel's layout will do. */
export interface LocalSlotsLayout {
  readonly slotsWord: number
  readonly slotCount: number
  readonly slotBytes: number
}

export class LocalSlots implements RequestSink {
  readonly #words: Int32Array
  readonly #layout: LocalSlotsLayout
  /** Index of the next request. */
  index = 0
  /** Starts at now, not 0: times wrap, and half of all values count as earlier than 0. */
  lastTime: number
  /** Requests published since the last `clear`. */
  filled = 0

  constructor(words: Int32Array, layout: LocalSlotsLayout, nowMicros: number) {
    this.lastTime = nowMicros
    this.#words = words
    this.#layout = layout
  }

  freeSlots(): number {
    return this.#layout.slotCount - this.filled
  }

  slotAhead(k: number): number {
    return this.slotAt(this.filled + k)
  }

  indexAhead(k: number): number {
    return (this.index + k) | 0
  }

  /** Everything that was filled before the last `clear`. */
  hasPassed(index: number): boolean {
    return ((this.index - this.filled - index) | 0) > 0
  }

  /** The slot of the k-th request since the last `clear`. */
  slotAt(k: number): number {
    return this.#layout.slotsWord + k * (this.#layout.slotBytes / 4)
  }

  publish(count: number): void {
    for (let k = 0; k < count; k++) {
      this.index = (this.index + 1) | 0
      this.#words[this.slotAhead(k) + SlotWord.sequence] = this.index
    }
    this.filled += count
  }

  /** Every request was handled: all slots are free. */
  clear(): void {
    this.filled = 0
  }
}
