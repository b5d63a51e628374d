import { afterEach, expect, test, vi } from 'vitest'
import { inTime } from './in-time.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('an exchange whose ends both hang fails, after the limits of both', async () => {
  vi.useFakeTimers()
  let failed = false
  const told = inTime({ timeoutSeconds: 20 }, new Promise(() => {})).catch((error: Error) => {
    failed = true
    return error.message
  })
  await vi.advanceTimersByTimeAsync(20_000 + 120_000)
  expect(failed).toBe(false)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await told).toContain('The exchange has not ended after 170 seconds')
})
