import { expect, test } from 'vitest'
import { resolveDefinition } from '../matrix/load.ts'
import { smallDefinition } from '../testing/fixtures.ts'
import { formatDuration, RemainingTime } from './remaining-time.ts'

test('durations read as a person would say them', () => {
  expect([400, 42_000, 89_000, 12 * 60_000, 65 * 60_000].map(formatDuration)).toEqual([
    '1 s',
    '42 s',
    '89 s',
    '12 min',
    '1 h 05 min',
  ])
})

test('the time left follows from what each cell took', () => {
  const experiment = resolveDefinition('small.ts', smallDefinition)
  const [first, second, third] = experiment.cells.map((cell) => ({ experiment, cell }))
  if (first === undefined || second === undefined || third === undefined) throw new Error('too few cells')
  const remaining = new RemainingTime()
  // Nothing is known of the second yet: it counts as the first.
  expect(remaining.after(first, 60_000, [second, first])).toBe(120_000)
  expect(remaining.after(second, 10_000, [first, second, third])).toBe(60_000 + 10_000 + 35_000)
  expect(remaining.after(second, 20_000, [second])).toBe(20_000)
  expect(remaining.after(first, 1000, [])).toBe(0)
})
