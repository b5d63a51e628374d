import { expect, test } from 'vitest'
import { combineMeasures } from './combine.ts'
import { measuredSchema, measureNames } from './measures.ts'

test('rates have a median with its interval, counts a sum, distributions quantiles of all values', () => {
  const samples = [10, 30, 20].map((rate, k) => ({
    transactionsPerSecond: rate,
    retransmits: k,
    latencyMicros: [[50 + k, 99] as [number, number], [100, 1] as [number, number]],
  }))
  const combined = combineMeasures(samples, ['transactionsPerSecond', 'retransmits', 'latencyMicros'])
  expect(combined.transactionsPerSecond).toEqual({ median: 20, low: 10, high: 30 })
  expect(combined.retransmits).toBe(3)
  expect(combined.latencyMicros?.count).toBe(300)
  // Ticks are tenths of a microsecond.
  expect(combined.latencyMicros?.quantiles.p50).toEqual({ median: 5.1, low: 5, high: 5.2 })
  expect(combined.latencyMicros?.quantiles['p99.9']?.median).toBe(10)
})

test('what no sample observed is null, and what was not asked for is absent', () => {
  expect(combineMeasures([{ goodputMbps: 1, outOfOrder: null }], ['goodputMbps', 'outOfOrder'])).toEqual({
    goodputMbps: { median: 1, low: 1, high: 1 },
    outOfOrder: null,
  })
  expect(combineMeasures([], ['goodputMbps', 'latencyMicros'])).toEqual({
    goodputMbps: null,
    latencyMicros: null,
  })
})

test('a sample without a value has no quantile: it widens no interval', () => {
  const empty = { latencyMicros: [] }
  const full = { latencyMicros: [[50, 9] as [number, number]] }
  const combined = combineMeasures([full, empty], ['latencyMicros'])
  expect(combined.latencyMicros?.quantiles.p50).toEqual({ median: 5, low: 5, high: 5 })
  expect(combineMeasures([empty], ['latencyMicros']).latencyMicros).toBeNull()
})

test('a sample has measures by their names alone', () => {
  expect(measuredSchema.safeParse({ goodputMbps: 1, latencyMicros: [[3, 1]] }).success).toBe(true)
  expect(measuredSchema.safeParse({ goodput: 1 }).success).toBe(false)
  expect(measuredSchema.safeParse({ goodputMbps: [[3, 1]] }).success).toBe(false)
  expect(Object.keys(measuredSchema.shape)).toEqual(measureNames)
})
