import { expect, test } from 'vitest'
import { overlapOf } from './overlap.ts'

test('the faster direction says when the measurement begins and ends, the slower one is cut to it', () => {
  const fast = [
    [0, 0],
    [10, 100],
    [20, 200],
    [110, 1100],
  ] as const
  const slow = [
    [5, 0],
    [105, 500],
    [305, 1100],
  ] as const
  const { bytes, micros } = overlapOf([fast, slow], 100)
  expect(micros).toBe(100)
  expect(bytes[0]).toBe(1000)
  // The slow direction has 25 bytes when the measurement begins, and 500 + 600 × 5 / 200 at its end.
  expect(bytes[1]).toBe(515 - 25)
  expect(overlapOf([slow, fast], 100)).toEqual({ bytes: [490, 1000], micros: 100 })
})

test('a direction that begins after the other has ended carried nothing meanwhile', () => {
  const first = [
    [0, 0],
    [10, 100],
  ] as const
  const late = [
    [20, 0],
    [30, 100],
  ] as const
  expect(overlapOf([first, late], 0)).toEqual({ bytes: [100, 0], micros: 10 })
})
