import { describe, expect, it } from 'vitest'
import { hashWords } from './digest.ts'

function words(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, k) => (Math.imul(k, 0x9e3779b1) + 7) & 0x7fffffff)
}

describe('hashWords', () => {
  /** Computed with the reference implementation of XXH32 over the little-endian bytes of `words(count)`. */
  it.each([
    [0, 0x02cc5d05, 0xd5be6eb8],
    [1, 0xe68bc8f8, 0xd27c6d24],
    [3, 0x9956fc8e, 0x36e7b226],
    [4, 0x7df55dbb, 0xe04812ae],
    [5, 0xe39daed3, 0xbf685fef],
    [16, 0xdf16a308, 0xed2ac924],
    [17, 0x2404db90, 0xab45da24],
  ])('is XXH32 of %i words', (count, seed0, seed42) => {
    expect(hashWords(words(count), 0, count) >>> 0).toBe(seed0)
    expect(hashWords(words(count), 0, count, 42) >>> 0).toBe(seed42)
  })

  it('takes a range', () => {
    const padded = new Int32Array([1, 2, ...words(5), 3])
    expect(hashWords(padded, 2, 7) >>> 0).toBe(0xe39daed3)
  })

  it('sees every single bit, and two high bits that a plain multiply-and-xor would cancel', () => {
    const seen = new Set<number>()
    for (let bit = 0; bit < 32 * 9; bit++) {
      const changed = words(9)
      changed[bit >> 5] = (changed[bit >> 5] as number) ^ (1 << (bit & 31))
      seen.add(hashWords(changed, 0, 9))
    }
    const both = words(9)
    both[0] = (both[0] as number) ^ (1 << 31)
    both[4] = (both[4] as number) ^ (1 << 31)
    seen.add(hashWords(both, 0, 9))
    expect(seen.size).toBe(32 * 9 + 1)
    expect(seen.has(hashWords(words(9), 0, 9))).toBe(false)
  })
})
