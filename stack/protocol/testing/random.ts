/** A seeded generator of 32-bit integers (mulberry32): equal seeds make equal worlds. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A signed 32-bit integer. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) | 0
  }

  /** An integer of 0 … limit - 1. */
  below(limit: number): number {
    return (this.next() >>> 0) % limit
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return (this.next() >>> 0) / 2 ** 32 < probability
  }
}
