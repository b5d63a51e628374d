import { expect, test } from 'vitest'
import { median, medianInterval } from './median.ts'

test('the median of an even number of samples lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([5, 1, 3])).toBe(3)
  expect(median([])).toBeNull()
})

test('no samples have no interval', () => {
  expect(medianInterval([])).toBeNull()
})

test('one sample is its own range, and covers nothing', () => {
  expect(medianInterval([7])).toEqual({
    median: 7,
    low: 7,
    high: 7,
    samples: 1,
    coverage: 0,
  })
})

test('three samples give their range, which holds the median three times out of four', () => {
  const interval = medianInterval([10, 30, 20])
  // 1 - 2 * (1/2)^3
  expect(interval).toEqual({ median: 20, low: 10, high: 30, samples: 3, coverage: 0.75 })
})

test('six samples are the first whose range is a 95 % interval', () => {
  expect(medianInterval([1, 2, 3, 4, 5])?.coverage).toBe(1 - 2 / 32)
  const interval = medianInterval([6, 5, 4, 3, 2, 1])
  expect(interval).toMatchObject({ low: 1, high: 6, coverage: 1 - 2 / 64 })
})

test('nine samples allow to leave out one at each end', () => {
  const interval = medianInterval([9, 8, 7, 6, 5, 4, 3, 2, 1])
  // 1 - 2 * (1 + 9) / 2^9
  expect(interval).toMatchObject({ median: 5, low: 2, high: 8, coverage: 1 - 20 / 512 })
})

test('ten samples leave out one at each end, twelve two', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  // 1 - 2 (1+10)/1024 = 0.979; with two left out 1 - 2 (1+10+45)/1024 = 0.891
  expect(medianInterval(numbers(10))).toMatchObject({ low: 2, high: 9 })
  // 1 - 2 (1+12+66)/4096 = 0.961
  expect(medianInterval(numbers(12))).toMatchObject({ low: 3, high: 10, coverage: 1 - 158 / 4096 })
})
