import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jainIndex } from './fairness.ts'

test('equal shares are wholly fair, whatever their size', () => {
  expect(jainIndex([7, 7, 7, 7])).toBe(1)
  expect(jainIndex([1e9, 1e9])).toBe(1)
})

test('what k of n share equally has the index k/n', () => {
  expect(jainIndex([5, 0, 0, 0])).toBe(0.25)
  expect(jainIndex([3, 3, 3, 0])).toBe(0.75)
})

test('shares in between', () => {
  // (1 + 2 + 3)² / (3 (1 + 4 + 9))
  expect(jainIndex([1, 2, 3])).toBeCloseTo(36 / 42, 12)
})

test('nothing has no shares', () => {
  expect(jainIndex([])).toBeNull()
  expect(jainIndex([0, 0])).toBeNull()
})

test('it lies between 1/n and 1, and does not depend on the unit', () => {
  const shares = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(shares, (all) => {
      const index = jainIndex(all)
      if (index === null) return
      expect(index).toBeGreaterThanOrEqual(1 / all.length - 1e-12)
      expect(index).toBeLessThanOrEqual(1 + 1e-12)
      expect(jainIndex(all.map((share) => 8 * share))).toBeCloseTo(index, 12)
    }),
  )
})
