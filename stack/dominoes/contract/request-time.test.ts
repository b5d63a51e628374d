import { expect, test } from 'vitest'
import { notBefore } from './request-time.ts'

const minute = 60_000_000

test('time does not run backwards where the role changes threads', () => {
  expect(notBefore(10_000, 9_990)).toBe(10_000)
  expect(notBefore(10_000, 10_000)).toBe(10_000)
  expect(notBefore(10_000, 10_010)).toBe(10_010)
  expect(notBefore(-0x80000000, 0x7fffffff)).toBe(-0x80000000)
})

test.each([1, 31, 35, 36, 40, 60, 71])(
  'time goes on after a process was stopped for %i minutes',
  (minutes) => {
    const now = (5_000 + minutes * minute) | 0
    expect(notBefore(5_000, now)).toBe(now)
  },
)
