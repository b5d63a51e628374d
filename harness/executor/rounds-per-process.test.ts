import { expect, test } from 'vitest'
import { processOf } from './rounds-per-process.ts'

/** Rounds of each process of a cell, in their order. */
function spans(rounds: number): number[] {
  const counts: number[] = []
  let last = -1
  for (let round = 0; round < rounds; round++) {
    const process = processOf(rounds, round)
    // One that was ended is not there any more.
    expect(process === last || process === last + 1).toBe(true)
    if (process !== last) counts.push(0)
    counts[counts.length - 1] = (counts.at(-1) as number) + 1
    last = process
  }
  return counts
}

const experiments = Array.from({ length: 500 }, (_, k) => k + 1)

test('a process is warmed for five rounds at least, but for the last one', () => {
  for (const rounds of experiments) {
    const short = spans(rounds)
      .slice(0, -1)
      .filter((count) => count < 5)
    expect({ rounds, short }).toEqual({ rounds, short: [] })
  }
})

test('a cell is warmed eight times at most, however long the experiment', () => {
  for (const rounds of experiments) expect(spans(rounds).length).toBeLessThanOrEqual(8)
})

test('the luck of one process decides less than a fifth of forty rounds or more', () => {
  for (const rounds of experiments.slice(39)) {
    expect(Math.max(...spans(rounds)) / rounds).toBeLessThan(0.2)
  }
})
