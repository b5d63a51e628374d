import { expect, test } from 'vitest'
import { runLockedModel } from './run-locked-model.ts'

const options = {
  costs: { stateRounds: 100, payloadRounds: 300, stateLines: 8 },
  requests: 20_000,
  warmupRequests: 5000,
}

test.each([1, 2, 4])('%i threads apply every request once, and perform its action once', async (replicas) => {
  const result = await runLockedModel({ ...options, replicas })
  expect(result.performedOnce).toBe(25_000)
  expect(result.requests).toBe(20_000)
  expect(result.micros).toBeGreaterThan(0)
  expect(result.sectionNanos).toBeGreaterThan(0)
  expect(result.payloadNanos).toBeGreaterThan(0)
  expect(result.stateNanos).toBeNull()
})

test('a section has the state work in it, and no payload work', async () => {
  const sectionOf = async (stateRounds: number, payloadRounds: number) =>
    (await runLockedModel({ ...options, replicas: 1, costs: { stateRounds, payloadRounds, stateLines: 0 } }))
      .sectionNanos ?? 0
  expect(await sectionOf(4000, 0)).toBeGreaterThan(await sectionOf(0, 4000))
})
