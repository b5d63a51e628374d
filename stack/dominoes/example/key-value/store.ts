/**
 * The replicated state: keys and values in one flat array, found by open addressing with linear probing. Deterministic
 * and bounded; allocates nothing. An entry is a number, 0 … entryCount - 1, and keeps it as long as its key lives.
 *
 * Called by the one thread that owns the replica.
 */
import { Deadlines } from './deadlines.ts'
import { keyWords } from './messages.ts'
import { EntryWord, entryWords, Head, type StoreLayout } from './store-layout.ts'

export class Store {
  readonly state: Int32Array
  readonly deadlines: Deadlines
  readonly #layout: StoreLayout
  readonly #mask: number

  /** An empty store in `state`, `layout.words` long. */
  constructor(state: Int32Array, layout: StoreLayout) {
    this.state = state
    this.#layout = layout
    this.#mask = layout.indexCount - 1
    this.deadlines = new Deadlines(state, layout)
    for (let entry = 0; entry < layout.entryCount; entry++) {
      state[this.wordOf(entry) + EntryWord.heapPlace] = -1
      state[this.wordOf(entry) + EntryWord.nextFree] = entry + 1 < layout.entryCount ? entry + 1 : -1
    }
  }

  get keyCount(): number {
    return this.state[Head.keyCount] as number
  }

  /** Word offset of an entry in the state. */
  wordOf(entry: number): number {
    return this.#layout.entriesWord + entry * entryWords
  }

  /** The entry of the key at `words[key … key + 8)`, -1 if there is none. */
  find(words: Int32Array, key: number, hash: number): number {
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = this.#entryAt(place)
      if (entry < 0) return -1
      const at = this.wordOf(entry)
      if (this.state[at + EntryWord.hash] === hash && this.#hasKey(at, words, key)) return entry
    }
  }

  /** A new entry for a key that is not there; -1 if the store is full. Its value is the caller's to write. */
  insert(words: Int32Array, key: number, keyBytes: number, hash: number): number {
    const { state } = this
    const entry = state[Head.firstFree] as number
    if (entry < 0) return -1
    const at = this.wordOf(entry)
    state[Head.firstFree] = state[at + EntryWord.nextFree] as number
    state[Head.keyCount] = this.keyCount + 1
    state[at + EntryWord.hash] = hash
    state[at + EntryWord.keyBytes] = keyBytes
    for (let k = 0; k < keyWords; k++) state[at + EntryWord.key + k] = words[key + k] as number
    let place = hash & this.#mask
    while (this.#entryAt(place) >= 0) place = (place + 1) & this.#mask
    state[this.#layout.indexWord + place] = entry + 1
    return entry
  }

  /** Removes an entry, and its deadline. */
  remove(entry: number): void {
    const { state } = this
    const at = this.wordOf(entry)
    this.deadlines.remove(entry)
    let place = (state[at + EntryWord.hash] as number) & this.#mask
    while (this.#entryAt(place) !== entry) place = (place + 1) & this.#mask
    this.#close(place)
    state[at + EntryWord.nextFree] = state[Head.firstFree] as number
    state[Head.firstFree] = entry
    state[Head.keyCount] = this.keyCount - 1
  }

  /** Empties a place of the index, and moves up the entries behind it that a search would no longer reach. */
  #close(from: number): void {
    const { state } = this
    const { indexWord } = this.#layout
    let hole = from
    for (let place = (hole + 1) & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = this.#entryAt(place)
      if (entry < 0) break
      const wanted = (state[this.wordOf(entry) + EntryWord.hash] as number) & this.#mask
      const isBehindHole = ((place - wanted) & this.#mask) >= ((place - hole) & this.#mask)
      if (!isBehindHole) continue
      state[indexWord + hole] = entry + 1
      hole = place
    }
    state[indexWord + hole] = 0
  }

  /** The entry at a place of the index, -1 if it is empty. */
  #entryAt(place: number): number {
    return (this.state[this.#layout.indexWord + place] as number) - 1
  }

  #hasKey(at: number, words: Int32Array, key: number): boolean {
    for (let k = 0; k < keyWords; k++) {
      if (this.state[at + EntryWord.key + k] !== words[key + k]) return false
    }
    return true
  }
}
