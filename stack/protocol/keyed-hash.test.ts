import { expect, test } from 'vitest'
import { type HashKey, keyedHash, tableHash } from './keyed-hash.ts'

const mapped = [0, 0, 0xffff] as const

/** The hash of a mapped IPv4 address, which counts as one word, and three words more. */
function hash(key: HashKey, first: number, second: number, third: number, fourth: number): number {
  return keyedHash(key, Int32Array.of(...mapped, first), 0, second, third, fourth)
}

test('the hash of the bytes 0 … 15 under the key 0 … 7 is the one that the authors of HalfSipHash publish', () => {
  const published = hash([0x03020100, 0x07060504], 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c)
  expect(published >>> 0).toBe(0x84acb5d9)
})

test('another key, and any other word, gives another hash', () => {
  const base = hash([1, 2], 3, 4, 5, 6)
  const others = [
    hash([2, 2], 3, 4, 5, 6),
    hash([1, 3], 3, 4, 5, 6),
    hash([1, 2], 4, 4, 5, 6),
    hash([1, 2], 3, 5, 5, 6),
    hash([1, 2], 3, 4, 6, 6),
    hash([1, 2], 3, 4, 5, 7),
  ]
  expect(new Set([base, ...others]).size).toBe(7)
})

test('every word of an address counts, in both hashes', () => {
  const addresses = [
    [0, 0, 0xffff, 9],
    [0, 0, 0, 9],
    [0, 1, 0xffff, 9],
    [1, 0, 0xffff, 9],
    [0, 0, 0xfffe, 9],
  ].map((address) => Int32Array.from(address))
  expect(new Set(addresses.map((address) => keyedHash([1, 2], address, 0, 3, 4, 5))).size).toBe(5)
  expect(new Set(addresses.map((address) => tableHash([1, 2], address, 0, 3))).size).toBe(5)
})
