import { expect, test } from 'vitest'
import { ratiosByRound } from './ratio.ts'

const rounds = (...values: [number, number][]) => new Map(values)

test('ratios pair the samples of one round, whatever order they were taken in', () => {
  expect(ratiosByRound(rounds([1, 30], [0, 10]), rounds([0, 5], [1, 10]))).toEqual([2, 3])
})

test('a round that one side lacks has no ratio', () => {
  expect(ratiosByRound(rounds([0, 10], [2, 30]), rounds([0, 5], [1, 5]))).toEqual([2])
})

test('a baseline of zero has no ratio', () => {
  expect(ratiosByRound(rounds([0, 10]), rounds([0, 0]))).toEqual([])
})

test('pairing removes what both samples of a round suffered', () => {
  const fast = rounds([0, 200], [1, 100], [2, 20])
  const slow = rounds([0, 100], [1, 50], [2, 10])
  expect(ratiosByRound(fast, slow)).toEqual([2, 2, 2])
})
