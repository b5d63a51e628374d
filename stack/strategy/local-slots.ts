/**
 * The few slots of the sequential strategy: requests go from source to protocol on one thread, so there is nothing
 * to order, claim or wait for. Same slot layout as a channel, none of its words shared. One thread only.
 *
 * Invariant: all slots are free whenever the source is polled; slot k holds the k-th request of the last poll.
 */
import { assertInteger } from '../dominoes/assert.ts'
import type { RegionPlan } from '../dominoes/region.ts'
import { SlotWord } from '../dominoes/slot.ts'
import type { RequestSink } from './network-source.ts'

export interface LocalSlotsLayout {
  readonly slotsWord: number
  readonly slotCount: number
  readonly slotBytes: number
}

export function planLocalSlots(plan: RegionPlan, slotCount: number, slotBytes: number): LocalSlotsLayout {
  assertInteger(slotCount, 1, 4096, 'slotCount')
  return { slotsWord: plan.reserve(slotCount * slotBytes) / 4, slotCount, slotBytes }
}

export class LocalSlots implements RequestSink {
  readonly #words: Int32Array
  readonly #layout: LocalSlotsLayout
  /** Index of the next request. */
  index = 0
  lastTime = 0
  /** Requests published by the last poll. */
  filled = 0

  constructor(words: Int32Array, layout: LocalSlotsLayout) {
    this.#words = words
    this.#layout = layout
  }

  freeSlots(): number {
    return this.#layout.slotCount
  }

  slotAhead(k: number): number {
    return this.#layout.slotsWord + k * (this.#layout.slotBytes / 4)
  }

  publish(count: number): void {
    for (let k = 0; k < count; k++) {
      this.index = (this.index + 1) | 0
      this.#words[this.slotAhead(k) + SlotWord.sequence] = this.index
    }
    this.filled = count
  }
}
