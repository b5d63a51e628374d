import { expect, test } from 'vitest'
import { Random } from '../device/random.ts'
import {
  addSums,
  checksumOf,
  foldSum,
  sumBytes,
  sumHeader,
  sumLimitBytes,
  sumPseudoHeader,
  swapSum,
} from './checksum.ts'

/** Straight from RFC 1071: big-endian words, an odd byte padded on the right. */
function naiveSum(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0
  for (let offset = 0; offset < length; offset++) {
    sum += (bytes[at + offset] as number) << ((offset & 1) === 0 ? 8 : 0)
    if (sum > 0xffff) sum -= 0xffff
  }
  return sum
}

function regionOf(size: number): { bytes: Uint8Array; words: Int32Array } {
  const buffer = new SharedArrayBuffer(size)
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) }
}

function noise(size: number): { bytes: Uint8Array; words: Int32Array } {
  const random = new Random(size)
  const region = regionOf(size)
  for (let at = 0; at < size; at++) region.bytes[at] = random.below(256)
  return region
}

test('a sum equals the naive one at every alignment and length', () => {
  const { bytes, words } = noise(256)
  for (let at = 0; at < 9; at++) {
    for (let length = 0; length <= 200; length++) {
      expect(sumBytes(bytes, words, at, length), `${at}+${length}`).toBe(naiveSum(bytes, at, length))
    }
  }
})

test('the longest run of ones does not overflow', () => {
  const { bytes, words } = regionOf(sumLimitBytes + 8)
  bytes.fill(0xff)
  for (const at of [0, 1, 2, 3]) expect(sumBytes(bytes, words, at, sumLimitBytes)).toBe(0xffff)
  bytes.fill(0x80)
  expect(sumBytes(bytes, words, 1, sumLimitBytes)).toBe(naiveSum(bytes, 1, sumLimitBytes))
})

test('sums of parts compose at every split', () => {
  const { bytes, words } = noise(128)
  const whole = naiveSum(bytes, 3, 101)
  for (let split = 0; split <= 101; split++) {
    const first = sumBytes(bytes, words, 3, split)
    const second = sumBytes(bytes, words, 3 + split, 101 - split)
    expect(addSums(first, second, split)).toBe(whole)
  }
})

test('a short header sums like any other run', () => {
  const { bytes, words } = regionOf(64)
  for (let at = 0; at < bytes.length; at++) bytes[at] = 250 - at
  for (const length of [8, 20, 60])
    expect(sumHeader(bytes, 3, length)).toBe(sumBytes(bytes, words, 3, length))
})

test('the example of RFC 1071 section 3', () => {
  const { bytes, words } = regionOf(8)
  bytes.set([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])
  expect(sumBytes(bytes, words, 0, 8)).toBe(0xddf2)
  expect(checksumOf(0xddf2)).toBe(0x220d)
})

test('a pseudo header sums as its bytes do', () => {
  const { bytes, words } = regionOf(12)
  bytes.set([192, 168, 200, 2, 255, 0, 0, 1, 0, 6, 0x05, 0xc8])
  expect(sumPseudoHeader(0xc0a8c802 | 0, 0xff000001 | 0, 6, 0x05c8)).toBe(sumBytes(bytes, words, 0, 12))
})

test('folding keeps the value modulo 0xffff and swapping undoes itself', () => {
  expect(foldSum(0x7fffffff)).toBe(0x7fffffff % 0xffff)
  expect(foldSum(0xffff)).toBe(0xffff)
  expect(swapSum(swapSum(0x1234))).toBe(0x1234)
})
