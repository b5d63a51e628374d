import { expect, test } from 'vitest'
import { keyedHash } from './keyed-hash.ts'

test('the hash of the bytes 0 … 15 under the key 0 … 7 is the one that the authors of HalfSipHash publish', () => {
  const hash = keyedHash([0x03020100, 0x07060504], 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c)
  expect(hash >>> 0).toBe(0x84acb5d9)
})

test('another key, and any other word, gives another hash', () => {
  const base = keyedHash([1, 2], 3, 4, 5, 6)
  const others = [
    keyedHash([2, 2], 3, 4, 5, 6),
    keyedHash([1, 3], 3, 4, 5, 6),
    keyedHash([1, 2], 4, 4, 5, 6),
    keyedHash([1, 2], 3, 5, 5, 6),
    keyedHash([1, 2], 3, 4, 6, 6),
    keyedHash([1, 2], 3, 4, 5, 7),
  ]
  expect(new Set([base, ...others]).size).toBe(7)
})
