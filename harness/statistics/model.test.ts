import { expect, test } from 'vitest'
import { fitReplicatedShare, predictedSpeedup } from './model.ts'

test('with nothing replicated the speed-up is the number of replicas; with all replicated there is none', () => {
  expect(predictedSpeedup(8, 0)).toBe(8)
  expect(predictedSpeedup(8, 1)).toBe(1)
})

test('the published range corresponds to the shares that the model gives', () => {
  expect(predictedSpeedup(2, 0.74)).toBeCloseTo(1.149, 3)
  expect(predictedSpeedup(8, 0.14)).toBeCloseTo(4.04, 2)
})

test('one point is fitted exactly', () => {
  // N/S = 2/1.6 = 1.25 = 1 + r
  const fit = fitReplicatedShare([{ replicas: 2, speedup: 1.6 }])
  expect(fit?.replicatedShare).toBeCloseTo(0.25, 12)
  expect(fit?.residual).toBeCloseTo(0, 12)
})

test('two points that disagree are fitted by least squares of the work per request', () => {
  // N=2: N/S = 1.2, so (1)(0.2); N=3: N/S = 1.8, so (2)(0.8); r = (0.2 + 1.6) / (1 + 4)
  const fit = fitReplicatedShare([
    { replicas: 2, speedup: 2 / 1.2 },
    { replicas: 3, speedup: 3 / 1.8 },
  ])
  expect(fit?.replicatedShare).toBeCloseTo(0.36, 12)
  expect(fit?.points).toBe(2)
  expect(fit?.residual).toBeGreaterThan(0.01)
})

test('points of one replica say nothing of r', () => {
  expect(fitReplicatedShare([{ replicas: 1, speedup: 1 }])).toBeNull()
})

test('a slow-down is a share above one, not hidden', () => {
  // N/S = 2/0.8 = 2.5 = 1 + r
  expect(fitReplicatedShare([{ replicas: 2, speedup: 0.8 }])?.replicatedShare).toBeCloseTo(1.5, 12)
})
