import { expect, test } from 'vitest'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const take = containerSamples({ kind: 'windows', transferBytes: 2 ** 21 })

test.each([1, 4])('%i replicas have the windows that were recorded', async (replicas) => {
  const sample = await take({ strategy: 'replicated', replicas, topology: 'tap' })
  expect(faultsOf(sample)).toEqual([])
  expect(sample.measures.traceDistance).toBe(0)
  expect(sample.measures.pointsCompared).toBeGreaterThan(5000)
  expect(sample.measures.requestsPerSecond).toBeGreaterThan(0)
  expect(sample.interference).toBeUndefined()
})
