import { expect, test } from 'vitest'
import { roundsPerProcess } from './rounds-per-process.ts'

const everyCount = Array.from({ length: 1000 }, (_, k) => k + 1)
const processesFor = (rounds: number): number => Math.ceil(rounds / roundsPerProcess(rounds))

test('warming is never more than an eighth part of what it is for: at most eight processes, of five rounds at least', () => {
  for (const rounds of everyCount) {
    expect(processesFor(rounds)).toBeLessThanOrEqual(8)
    expect(roundsPerProcess(rounds)).toBeGreaterThanOrEqual(5)
  }
})

test('no process decides a long experiment: from 36 rounds on there are six at least', () => {
  for (const rounds of everyCount.filter((count) => count > 35)) {
    expect(processesFor(rounds)).toBeGreaterThanOrEqual(6)
  }
})

test('a longer experiment never has shorter-lived processes', () => {
  for (const rounds of everyCount) {
    expect(roundsPerProcess(rounds + 1)).toBeGreaterThanOrEqual(roundsPerProcess(rounds))
  }
})
