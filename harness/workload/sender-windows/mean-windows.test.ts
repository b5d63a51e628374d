import { expect, test } from 'vitest'
import { meanWindows, type WindowPoint } from './mean-windows.ts'

const points: WindowPoint[] = [
  [1000, 10, 1, 100],
  [2000, 20, 2, 100],
  [5000, 50, 5, 200],
]

test('a value counts for as long as until the next look', () => {
  expect(meanWindows(points, 1000, 5000)).toEqual({
    congestionWindow: (10 + 3 * 20) / 4,
    flight: (1 + 3 * 2) / 4,
    receiveWindow: 100,
  })
})

test('only the part within the time counts, and the last value until its end', () => {
  expect(meanWindows(points, 4000, 7000)?.congestionWindow).toBe((20 + 2 * 50) / 3)
  expect(meanWindows(points, 0, 1500)?.flight).toBe(1)
})

test('without a look there is no mean', () => {
  expect(meanWindows([], 0, 1000)).toBeNull()
  expect(meanWindows(points, 0, 1000)).toBeNull()
})
