import { expect, test } from 'vitest'
import { processOf } from './rounds-per-process.ts'

const everyCount = Array.from({ length: 1000 }, (_, k) => k + 1)

/** How many rounds each process has, if an experiment with at most `most` rounds ends after `taken`. */
function livesOf(most: number, taken = most): number[] {
  const processes = Array.from({ length: taken }, (_, round) => processOf(round, most))
  return [...Map.groupBy(processes, (process) => process).values()].map(({ length }) => length)
}

test('an experiment that ends with the fewest rounds has had three processes, however many it might have had', () => {
  for (const most of everyCount.filter((count) => count >= 7)) expect(livesOf(most, 7)).toEqual([3, 2, 2])
})

test('most experiments need no more than that', () => {
  expect(livesOf(9)).toEqual([3, 2, 4])
  expect(livesOf(11)).toEqual([3, 2, 6])
  expect(livesOf(15)).toEqual([3, 2, 6, 4])
})

test('a quick run of three rounds has one process, so it warms each cell once', () => {
  for (const most of everyCount) expect(livesOf(most, Math.min(most, 3))).toHaveLength(1)
})

test('warming is bounded: no experiment has more than eight processes', () => {
  for (const most of everyCount) expect(livesOf(most).length).toBeLessThanOrEqual(8)
})

test('no process decides a long experiment: none has more than a fifth of it', () => {
  for (const most of everyCount.filter((count) => count >= 30))
    expect(Math.max(...livesOf(most))).toBeLessThanOrEqual(most / 5)
})

test('processes follow one another', () => {
  for (const most of [7, 9, 21, 100]) {
    for (let round = 1; round < most; round += 1) {
      const step = processOf(round, most) - processOf(round - 1, most)
      expect([0, 1]).toContain(step)
    }
  }
})
