import { expect, test } from 'vitest'
import { Random } from './random.ts'

/** The published algorithm on 32-bit unsigned BigInts, from the same start. */
function referenceSequence(state: bigint[], count: number): number[] {
  const mask = 0xffffffffn
  const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (32n - by))) & mask
  const results: number[] = []
  let [s0, s1, s2, s3] = state as [bigint, bigint, bigint, bigint]
  for (let k = 0; k < count; k++) {
    results.push(Number(BigInt.asIntN(32, rotate((s1 * 5n) & mask, 7n) * 9n)))
    const shifted = (s1 << 9n) & mask
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotate(s3, 11n)
  }
  return results
}

function splitmix(seed: number): bigint[] {
  const mask = 0xffffffffn
  let mixed = BigInt.asUintN(32, BigInt(seed))
  return Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e3779b9n) & mask
    let value = mixed
    value = ((value ^ (value >> 16n)) * 0x21f0aaadn) & mask
    value = ((value ^ (value >> 15n)) * 0x735a2d97n) & mask
    return value ^ (value >> 15n)
  })
}

test.each([0, 1, -1, 123456789])('seed %i gives the sequence of xoshiro128**', (seed) => {
  const random = new Random(seed)
  const drawn = Array.from({ length: 50 }, () => random.next())
  expect(drawn).toEqual(referenceSequence(splitmix(seed), 50))
})

test('integers below a limit reach all values and no other', () => {
  const random = new Random(5)
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('a chance of 0 or 1 draws nothing, and one between is met about as often', () => {
  const random = new Random(6)
  const twin = new Random(6)
  expect(random.chance(0)).toBe(false)
  expect(random.chance(1)).toBe(true)
  expect(random.next()).toBe(twin.next())
  const hits = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length
  expect(Math.abs(hits - 2500)).toBeLessThan(200)
})
