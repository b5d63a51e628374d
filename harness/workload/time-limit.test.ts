import { expect, test } from 'vitest'
import { timeLimitSeconds } from './time-limit.ts'

const clean = { isImpaired: false }

test('a transfer may be slow, and slower over an impaired path', () => {
  expect(timeLimitSeconds(100 * 2 ** 20, clean)).toBe(70)
  expect(timeLimitSeconds(100 * 2 ** 20, { isImpaired: true })).toBe(1620)
})

test('of many connections the last may wait for a timer that has backed off', () => {
  const limitOf = (connections: number) => timeLimitSeconds(0, clean, connections)
  expect([1, 64, 65, 1024].map(limitOf)).toEqual([20, 20, 80, 80])
})
