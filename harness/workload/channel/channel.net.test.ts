import { expect, test } from 'vitest'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const take = containerSamples({ kind: 'channel', requests: 20_000, warmupRequests: 20_000 })

test.each([1, 2])('a channel with %i readers is measured, and every request verified', async (replicas) => {
  const sample = await take({
    strategy: 'replicated',
    replicas,
    topology: 'tap',
    idle: 'backoff',
    slotCount: 64,
    publishBatch: 16,
  })
  expect(faultsOf(sample)).toEqual([])
  expect(sample.measures.requestNanos).toBeGreaterThan(0)
  expect(sample.measures.largestSharePercent).toBeGreaterThanOrEqual(100 / replicas)
  expect(sample.digestsCompared).toBeGreaterThan(0)
})
