import { expect, test } from 'vitest'
import { roundsPerProcess } from './rounds-per-process.ts'

test.each([
  { rounds: 1, processes: 1 },
  { rounds: 5, processes: 1 },
  { rounds: 21, processes: 5 },
  { rounds: 40, processes: 8 },
  { rounds: 41, processes: 7 },
  { rounds: 100, processes: 8 },
  { rounds: 999, processes: 8 },
])('$rounds rounds are shared out among $processes processes', ({ rounds, processes }) => {
  expect(Math.ceil(rounds / roundsPerProcess(rounds))).toBe(processes)
})
