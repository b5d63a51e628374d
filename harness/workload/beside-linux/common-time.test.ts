import { expect, test } from 'vitest'
import type { Arrivals } from '../bidirectional/task.ts'
import { commonTime } from './common-time.ts'

/** Bytes at a constant rate, recorded every 10 ms of a time in milliseconds. */
function flow(fromMillis: number, toMillis: number, bytesPerMilli: number): Arrivals {
  const steps = Array.from({ length: (toMillis - fromMillis) / 10 + 1 }, (_, step) => 10 * step)
  return steps.map((step) => [1000 * (fromMillis + step), bytesPerMilli * step] as const)
}

test('both count from when the later one has settled, for as long as is measured', () => {
  const rival = flow(0, 2000, 300)
  const own = flow(400, 1600, 100)
  expect(commonTime([own, rival], 100_000, 1_000_000)).toEqual({
    bytes: [100_000, 300_000],
    micros: 1_000_000,
  })
})

test('and at most until the first one ends', () => {
  const rival = flow(0, 2000, 300)
  const own = flow(400, 1000, 100)
  // The first bytes have arrived at 410.
  expect(commonTime([rival, own], 90_000, 1_000_000)).toEqual({ bytes: [150_000, 50_000], micros: 500_000 })
})

test.each<[string, Arrivals]>([
  ['ended before the other settled', flow(0, 450, 100)],
  ['brought nothing', flow(0, 2000, 0)],
])('there is no common time with a flow that %s', (_, other) => {
  expect(commonTime([flow(400, 1600, 100), other], 100_000, 1_000_000)).toBeNull()
})
