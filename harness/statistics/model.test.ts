import { expect, test } from 'vitest'
import { fitReplicatedShare, lockedRate, predictedSpeedup, replicatedRate } from './model.ts'

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

test('a rate is the speed-up over one replica times its rate', () => {
  expect(replicatedRate(4, 2, 8)).toBeCloseTo(predictedSpeedup(4, 0.2) * replicatedRate(1, 2, 8), 12)
})

test('a lock that costs nothing is never slower than replicas; one that is always held carries one at a time', () => {
  for (const s of [0.1, 1, 5, 9]) {
    expect(lockedRate(2, s, 10 - s)).toBeGreaterThanOrEqual(replicatedRate(2, s, 10 - s))
  }
  expect(lockedRate(8, 2, 8)).toBe(0.5)
  // s_l is more than N s: replicas win.
  expect(lockedRate(2, 2.5, 9)).toBeLessThan(replicatedRate(2, 1, 9))
})
