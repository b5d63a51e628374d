/**
 * The keys that expire, by deadline: a binary heap of entry numbers inside the store's state. Every entry knows its
 * place, so that a deadline can be taken back. Times are compared by signed difference.
 */
import { EntryWord, entryWords, Head, type StoreLayout } from './store-layout.ts'

export class Deadlines {
  readonly #state: Int32Array
  readonly #heap: number
  readonly #entries: number

  constructor(state: Int32Array, layout: StoreLayout) {
    this.#state = state
    this.#heap = layout.heapWord
    this.#entries = layout.entriesWord
  }

  get count(): number {
    return this.#state[Head.heapCount] as number
  }

  /** The entry that expires first; only if `count` is not 0. */
  get first(): number {
    return this.#at(0)
  }

  /** Microseconds from `now` to the first deadline, negative if it has passed; only if `count` is not 0. */
  untilFirst(now: number): number {
    return (this.#deadline(this.first) - now) | 0
  }

  /** Sets or moves an entry's deadline. */
  set(entry: number, deadline: number): void {
    this.remove(entry)
    this.#field(entry, EntryWord.deadline, deadline)
    const place = this.count
    this.#state[Head.heapCount] = place + 1
    this.#put(entry, place)
    this.#rise(place)
  }

  /** Takes an entry's deadline back, if it has one. */
  remove(entry: number): void {
    const place = this.#state[this.#wordOf(entry) + EntryWord.heapPlace] as number
    if (place < 0) return
    this.#field(entry, EntryWord.heapPlace, -1)
    const last = this.count - 1
    this.#state[Head.heapCount] = last
    if (place === last) return
    this.#put(this.#at(last), place)
    this.#rise(place)
    this.#sink(place)
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const above = (place - 1) >> 1
      if (!this.#isEarlier(place, above)) return
      this.#swap(place, above)
      place = above
    }
  }

  #sink(from: number): void {
    for (let place = from; ; ) {
      let earliest = place
      const below = 2 * place + 1
      if (below < this.count && this.#isEarlier(below, earliest)) earliest = below
      if (below + 1 < this.count && this.#isEarlier(below + 1, earliest)) earliest = below + 1
      if (earliest === place) return
      this.#swap(place, earliest)
      place = earliest
    }
  }

  #isEarlier(one: number, other: number): boolean {
    return ((this.#deadline(this.#at(one)) - this.#deadline(this.#at(other))) | 0) < 0
  }

  #swap(one: number, other: number): void {
    const entry = this.#at(one)
    this.#put(this.#at(other), one)
    this.#put(entry, other)
  }

  #put(entry: number, place: number): void {
    this.#state[this.#heap + place] = entry
    this.#field(entry, EntryWord.heapPlace, place)
  }

  #at(place: number): number {
    return this.#state[this.#heap + place] as number
  }

  #deadline(entry: number): number {
    return this.#state[this.#wordOf(entry) + EntryWord.deadline] as number
  }

  #field(entry: number, word: number, value: number): void {
    this.#state[this.#wordOf(entry) + word] = value
  }

  #wordOf(entry: number): number {
    return this.#entries + entry * entryWords
  }
}
