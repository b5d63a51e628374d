import { afterEach, expect, test, vi } from 'vitest'
import { within } from './within.ts'

const late = () => new Error('too late')

afterEach(() => {
  vi.useRealTimers()
})

test('work that ends gives its result or its failure, and leaves no timer behind', async () => {
  vi.useFakeTimers()
  expect(await within(1000, Promise.resolve(7), late)).toBe(7)
  await expect(within(1000, Promise.reject(new Error('work failed')), late)).rejects.toThrow('work failed')
  expect(vi.getTimerCount()).toBe(0)
})

test('work that does not end is left alone, and a failure of it later is nobody’s', async () => {
  vi.useFakeTimers()
  const work = Promise.withResolvers<never>()
  const waiting = expect(within(1000, work.promise, late)).rejects.toThrow('too late')
  await vi.advanceTimersByTimeAsync(1000)
  await waiting
  work.reject(new Error('work failed'))
})
