import { expect, test } from 'vitest'
import { runModel } from './run-model.ts'

const options = {
  costs: { stateRounds: 20, payloadRounds: 200, stateLines: 3 },
  requests: 20_000,
  warmupRequests: 1000,
}

test.each([0, 1, 2])('%i replicas perform every action exactly once', async (replicas) => {
  const result = await runModel({ ...options, replicas })
  expect(result.performedOnce).toBe(21_000)
  expect(result.divergences).toBe(0)
  expect(result.micros).toBeGreaterThan(0)
  expect(result.payloadNanos).toBeGreaterThan(0)
  expect(result.stateNanos).toBeGreaterThan(0)
  expect(result.sectionNanos).toBeNull()
  if (replicas > 0) expect(result.digestsCompared).toBeGreaterThan(0)
})
