import { expect, test } from 'vitest'
import { Meter, type MeteredName, meterBytes, meteredNames, readMeter } from './meter.ts'

const micros = 1000

function reading(name: MeteredName, durations: readonly number[], timerNanos = 0) {
  const words = new Float64Array(meterBytes / 8)
  const meter = new Meter(words)
  for (const nanos of durations) meter.add(meteredNames.indexOf(name), nanos)
  const { count, meanNanos, stalls } = readMeter(words, timerNanos)
  return { count: count[name], mean: meanNanos[name], stalls, isCleared: words.every((word) => word === 0) }
}

test('means are taken of what was not interrupted, less the timer, and reading clears', () => {
  const durations = [3 * micros, 5 * micros, 4 * micros + 16 * micros]
  expect(reading('write', durations, 100)).toEqual({ count: 2, mean: 3900, stalls: 1, isCleared: true })
})

test('a write that takes less than a gap more than on average was not interrupted', () => {
  expect(reading('write', [4 * micros, 18 * micros])).toMatchObject({ count: 2, mean: 11_000, stalls: 0 })
})

test.each<MeteredName>(['applyAck', 'applyTick', 'resume'])('%s may take twelve times its mean', (name) => {
  const durations = [4 * micros, 4 * micros, 60 * micros]
  expect(reading(name, durations)).toMatchObject({ count: 3, stalls: 0 })
  expect(reading(name, [4 * micros, 4 * micros, 64 * micros])).toMatchObject({ count: 2, stalls: 1 })
})

test('rounds are as long as they are', () => {
  expect(reading('round', [micros, 10_000 * micros])).toMatchObject({ count: 2, stalls: 0 })
})
