import { expect, test } from 'vitest'
import { formatNumber, formatQuantity } from './format.ts'
import { declaredMeasures } from './measures.ts'

test('three digits matter', () => {
  expect([0.1234, 1.234, 12.34, 1234.5, null].map(formatNumber)).toEqual([
    '0.12',
    '1.23',
    '12.3',
    '1\u202f235',
    '–',
  ])
})

test('a rate is said in the larger unit as soon as there is one of it', () => {
  const { goodputMbps, transactionsPerSecond } = declaredMeasures
  expect([0.4, 652.3, 2345].map((value) => formatQuantity(goodputMbps, value))).toEqual([
    '0.40 Mbit/s',
    '652 Mbit/s',
    '2.35 Gbit/s',
  ])
  expect(formatQuantity(transactionsPerSecond, 69_800)).toBe('69.8 k/s')
})
