/** Slots in the order in which they came: a bounded queue of one thread. */
export class SlotQueue {
  readonly #slots: Int32Array
  #head = 0
  count = 0

  constructor(capacity: number) {
    this.#slots = new Int32Array(capacity)
  }

  /** There is room: no more slots exist than it was made for. */
  put(slot: number): void {
    this.#slots[(this.#head + this.count) % this.#slots.length] = slot
    this.count += 1
  }

  /** The k-th oldest, 0 ≤ k < count. */
  at(k: number): number {
    return this.#slots[(this.#head + k) % this.#slots.length] as number
  }

  /** The oldest; there is one. */
  take(): number {
    const slot = this.#slots[this.#head] as number
    this.#head = (this.#head + 1) % this.#slots.length
    this.count -= 1
    return slot
  }
}
