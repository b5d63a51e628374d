import { expect, test } from 'vitest'
import { bucketOf, countOf, cumulative, HistogramRecorder, pool, quantile } from './histogram.ts'

function histogramOf(values: readonly number[]) {
  const recorder = new HistogramRecorder()
  for (const value of values) recorder.record(value)
  return recorder.histogram
}

const upTo = (count: number) => Array.from({ length: count }, (_, k) => k + 1)

test('small values are kept exactly, and none is lost however large', () => {
  expect(histogramOf([0, 5, 5, 127])).toEqual([
    [0, 1],
    [5, 2],
    [127, 1],
  ])
  expect(bucketOf(2 ** 40)).toBe(bucketOf(2 ** 31 - 1))
  expect(countOf(histogramOf([2 ** 40, 2 ** 31 - 1]))).toBe(2)
})

test('buckets follow each other without a gap, and grow no faster than values', () => {
  let before = -1
  for (let value = 0; value < 100_000; value++) {
    const bucket = bucketOf(value)
    expect(bucket - before === 0 || bucket - before === 1).toBe(true)
    before = bucket
  }
  expect(before).toBeLessThan(64 * 12)
})

test('quantiles are those of the values, within 1.6 percent', () => {
  const histogram = histogramOf(upTo(100_000))
  for (const share of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    expect((quantile(histogram, share) ?? 0) / (share * 100_000)).toBeCloseTo(1, 1.8)
  }
  expect(quantile([], 0.5)).toBeNull()
})

test('pooled samples are what their values would be in one', () => {
  const [odd, even] = [upTo(999).filter((k) => k % 2 === 1), upTo(999).filter((k) => k % 2 === 0)]
  expect(pool([histogramOf(odd), histogramOf(even)])).toEqual(histogramOf(upTo(999)))
})

test('a cumulative distribution rises to 1 at the largest value', () => {
  const steps = cumulative(histogramOf([10, 20, 20, 1000]))
  expect(steps.map(({ share }) => share)).toEqual([0.25, 0.75, 1])
  expect(steps.map(({ ticks }) => ticks).slice(0, 2)).toEqual([10, 20])
  expect(steps[2]?.ticks).toBeGreaterThanOrEqual(1000)
  expect(steps[2]?.ticks).toBeLessThan(1016)
})
