import { describe, expect, test } from 'vitest'
import { idealSpeedup } from './ideal.ts'

const model = (workRatio: number, replicas: number) => replicas / (1 + (replicas - 1) * workRatio)

describe.each([0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9])('with a work ratio of %d', (workRatio) => {
  test.each([1, 2, 3, 4, 6, 8, 12, 16])('%d replicas are within 10 %% of the model', (replicas) => {
    const speedup = idealSpeedup(workRatio, replicas)
    expect(speedup / model(workRatio, replicas)).toBeGreaterThan(0.9)
    expect(speedup / model(workRatio, replicas)).toBeLessThan(1.1)
  })
})
