import { expect, test } from 'vitest'
import { countClaimedOnce, runChannel } from './run-channel.ts'

const requests = 20_000
const options = { idle: 'backoff', slotCount: 64, batch: 16, requests, warmupRequests: 5000 } as const

test.each([
  { readers: 1 },
  { readers: 2 },
  { readers: 3, batch: 1 },
  { readers: 2, idle: 'park', slotCount: 8, batch: 8 },
] as const)('every request is seen once and in order, and claimed once: %j', async (changes) => {
  const result = await runChannel({ ...options, ...changes })
  expect(result.seenInOrder).toBe(25_000 * changes.readers)
  expect(result.claimedOnce).toBe(25_000)
  expect(result.won).toHaveLength(changes.readers)
  expect(result.won.reduce((sum, claims) => sum + claims, 0)).toBe(25_000)
  expect(result.divergences).toBe(0)
  expect(result.digestsCompared).toBeGreaterThan(0)
  expect(result.micros).toBeGreaterThan(0)
  expect(result.dequeueNanos).toBeGreaterThan(0)
})

test('a claim that nobody or everybody won is not counted', () => {
  expect(countClaimedOnce([Uint8Array.of(1, 0, 0, 1), Uint8Array.of(0, 1, 0, 1)])).toBe(2)
})

test('more requests than digests can be kept of are refused', async () => {
  await expect(runChannel({ ...options, readers: 1, requests: 2 ** 24 })).rejects.toThrow(/requests/)
})
