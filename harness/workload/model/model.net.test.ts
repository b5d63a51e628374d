import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const take = containerSamples({ kind: 'model', requests: 2000, warmupRequests: 2000 })

test.each<Partial<Factors> & Pick<Factors, 'strategy'>>([
  { strategy: 'sequential' },
  { strategy: 'replicated', replicas: 2, stateLines: 64 },
  { strategy: 'locked', replicas: 2, stateLines: 64 },
])('requests of fixed costs are done, and their parts measured: %j', async (factors) => {
  const sample = await take({ topology: 'tap', workRatio: 0.2, ...factors })
  expect(faultsOf(sample)).toEqual([])
  const { requestsPerSecond, stateMicros, sectionMicros, payloadMicros } = sample.measures
  expect(requestsPerSecond).toBeGreaterThan(0)
  expect(payloadMicros).toBeGreaterThan(0)
  const isLocked = factors.strategy === 'locked'
  expect([stateMicros === null, sectionMicros === null]).toEqual([isLocked, !isLocked])
})
