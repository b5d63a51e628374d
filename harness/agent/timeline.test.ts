import { expect, test } from 'vitest'
import { longestPause, stepMillis } from './timeline.ts'

const bytes = [0, 10, 20, 20, 20, 30, 30, 40, 40, 40, 40, 50]
const at = (step: number) => step * stepMillis

test('the longest pause is that between the moments', () => {
  expect(longestPause(bytes, 0, at(11))).toBe(at(3))
  expect(longestPause(bytes, 0, at(6))).toBe(at(2))
  expect(longestPause(bytes, at(8), at(9))).toBe(at(1))
})

test('a stream that flows has none, nor one that is over', () => {
  expect(longestPause([0, 1, 2, 3], 0, at(3))).toBe(0)
  expect(longestPause(bytes, at(20), at(30))).toBe(0)
  expect(longestPause([], 0, at(10))).toBe(0)
})

test('the time after the last byte is no pause', () => {
  expect(longestPause([0, 10, 10, 20, 20, 20, 20, 20], 0, at(7))).toBe(at(1))
  expect(longestPause([0, 10, 10, 20, 20, 20, 20, 20], at(4), at(7))).toBe(0)
})
