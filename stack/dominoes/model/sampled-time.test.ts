import { expect, test } from 'vitest'
import { clockCostNanos, nowNanos, SampledTime } from './sampled-time.ts'

test('a time is less what the clock takes, and shared by the things done in it', () => {
  const sampled = new SampledTime(() => 50)
  expect(sampled.nanos).toBeNull()
  sampled.add(1000, 1250)
  expect(sampled.nanos).toBe(200)
  sampled.clear()
  sampled.add(1000, 1450, 4)
  expect(sampled.nanos).toBe(100)
})

test('interruptions of the thread are left out, and no time is below 0', () => {
  const sampled = new SampledTime(() => 50)
  for (let k = 0; k < 99; k++) sampled.add(0, 60)
  sampled.add(0, 4e6)
  expect(sampled.nanos).toBe(10)
  sampled.clear()
  sampled.add(0, 20)
  expect(sampled.nanos).toBe(0)
})

test('only so many times are kept: the newest', () => {
  const sampled = new SampledTime(() => 0)
  for (let k = 0; k < 20_000; k++) sampled.add(0, k < 10_000 ? 1000 : 10)
  expect(sampled.nanos).toBe(10)
})

test('the clock goes forward, and reading it takes some time', () => {
  const before = nowNanos()
  expect(clockCostNanos()).toBeGreaterThan(0)
  expect(nowNanos()).toBeGreaterThan(before)
})
