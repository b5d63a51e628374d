/**
 * Seeded random integers: xoshiro128** (Blackman and Vigna). Any thread, one instance each; the same seed gives
 * the same sequence everywhere. Not for secrets. Allocates nothing after it was made.
 */

export interface RandomSource {
  /** 32 random bits as a signed integer. */
  next(): number
}

export class Random implements RandomSource {
  readonly #state = new Int32Array(4)

  /** Any 32-bit seed; neighbouring seeds give unrelated sequences. */
  constructor(seed: number) {
    // splitmix32, so that a seed with few bits set still fills the state; it never yields four zeros in a row.
    let mixed = seed | 0
    for (let word = 0; word < 4; word++) {
      mixed = (mixed + 0x9e3779b9) | 0
      let value = mixed
      value = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
      value = Math.imul(value ^ (value >>> 15), 0x735a2d97)
      this.#state[word] = value ^ (value >>> 15)
    }
  }

  next(): number {
    const state = this.#state
    const s0 = state[0] as number
    const s1 = state[1] as number
    const s2 = (state[2] as number) ^ s0
    const s3 = (state[3] as number) ^ s1
    state[0] = s0 ^ s3
    state[1] = s1 ^ s2
    state[2] = s2 ^ (s1 << 9)
    state[3] = (s3 << 11) | (s3 >>> 21)
    const scrambled = Math.imul(s1, 5)
    return Math.imul((scrambled << 7) | (scrambled >>> 25), 9)
  }

  /** 0 … 1, excluding 1, in steps of 2^-32. */
  fraction(): number {
    return (this.next() >>> 0) / 0x1_0000_0000
  }

  /** An integer 0 … limit - 1; limit ≥ 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** True with this probability, 0 … 1. Draws a number only where the outcome is open. */
  chance(probability: number): boolean {
    return probability > 0 && (probability >= 1 || this.fraction() < probability)
  }
}
