import { expect, test } from 'vitest'
import {
  fitReplicatedShare,
  fitWorkBySize,
  impliedShare,
  lockedRate,
  predictedSpeedup,
  replicatedRate,
  shareBySize,
} from './model.ts'

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

test('the share that a speed-up implies gives that speed-up', () => {
  for (const speedup of [0.9, 1, 1.4, 2]) {
    expect(predictedSpeedup(2, impliedShare({ replicas: 2, speedup }))).toBeCloseTo(speedup, 12)
  }
})

test('work that grows with the bytes is found again, and shares fall with the size', () => {
  const truth = { fixed: 0.3, perByte: 0.0004 }
  const sizes = [536, 1460, 4380, 8960]
  const points = sizes.map((bytes) => ({
    bytes,
    replicas: 2,
    speedup: predictedSpeedup(2, shareBySize(truth, bytes)),
  }))
  const fit = fitWorkBySize(points)
  expect(fit?.fixed).toBeCloseTo(truth.fixed, 9)
  expect(fit?.perByte).toBeCloseTo(truth.perByte, 12)
  const shares = [...sizes, 65_160].map((bytes) => shareBySize(truth, bytes))
  expect(shares).toEqual(shares.toSorted((one, other) => other - one))
})

test('one size says nothing of how work grows; a speed-up beyond the model counts as its end', () => {
  const point = { bytes: 536, replicas: 2, speedup: 1.2 }
  expect(fitWorkBySize([point, point])).toBeNull()
  const beyond = fitWorkBySize([point, { bytes: 8960, replicas: 2, speedup: 2.4 }])
  const end = fitWorkBySize([point, { bytes: 8960, replicas: 2, speedup: predictedSpeedup(2, 0.02) }])
  expect(beyond).toEqual(end)
})
