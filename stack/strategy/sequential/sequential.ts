/**
 * The baseline: one thread that takes requests from their source and does all three parts of each, one after the
 * other. No channel, no claims; the same source, domain and slots as every other strategy.
 */
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Domain, Source } from '../../dominoes/contract/domain.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import type { LocalSlots } from '../layout/local-slots.ts'

/** How long an action that cannot be performed yet is left alone, in microseconds. */
const retryMicros = 50

export class Sequential {
  readonly #words: Int32Array
  readonly #slots: LocalSlots
  readonly #domain: Domain
  readonly #source: Source
  readonly #counters: Counters
  readonly #pause: (micros: number) => void

  /** `pause` sleeps on this thread; in virtual time it lets the clock advance. */
  constructor(
    words: Int32Array,
    slots: LocalSlots,
    domain: Domain,
    source: Source,
    counters: Counters,
    pause: (micros: number) => void,
  ) {
    this.#words = words
    this.#slots = slots
    this.#domain = domain
    this.#source = source
    this.#counters = counters
    this.#pause = pause
  }

  /** One round: polls once and handles all that came; returns how many requests that was. */
  doWork(): number {
    const count = this.#source.poll()
    for (let k = 0; k < count; k++) this.#handle(this.#slots.slotAt(k))
    this.#slots.clear()
    return count
  }

  #handle(slot: number): void {
    const domain = this.#domain
    if (domain.needsCheck(slot)) {
      this.#words[slot + SlotWord.verdict] = domain.check(slot)
      this.#counters.add(Counter.checked, 1)
    }
    domain.apply(slot)
    this.#counters.add(Counter.applied, 1)
    this.#performAll(slot)
    while (domain.hasMore()) {
      domain.resume()
      this.#performAll(slot)
    }
  }

  #performAll(slot: number): void {
    const { actions } = this.#domain
    const end = actions.count * actionWords
    for (let action = 0; action < end; action += actionWords) {
      while (!this.#domain.perform(action, slot)) this.#pause(retryMicros)
      this.#counters.add(Counter.performed, 1)
    }
    actions.clear()
  }
}
