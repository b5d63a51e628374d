import { expect, test } from 'vitest'
import { compareWindows } from './compare-windows.ts'

const transferBytes = 2 << 20

test.each([1, 2, 4, 8])('%i replicas on threads have the windows that were recorded', async (replicas) => {
  const report = await compareWindows({ replicas, seed: 2, transferBytes })
  expect(report.distance).toBe(0)
  // Five variables, of each replica and of the second one that was recorded.
  expect(report.pointsCompared).toBe(report.requests * 5 * (replicas + 1))
  expect(report.pointsCompared).toBe(report.pointsExpected)
  expect(report.requests).toBeGreaterThan(500)
  expect(report.verifiedBytes).toBe(transferBytes)
  expect(report.retransmits).toBeGreaterThan(0)
  expect(report.digestsCompared).toBeGreaterThan(0)
  expect(report.divergences).toBe(0)
  expect(report.micros).toBeGreaterThan(0)
})

test('a replica whose window differs after one request is at a distance', async () => {
  const threadFile = new URL('./testing/faulty-trace-thread.ts', import.meta.url)
  const report = await compareWindows({ replicas: 2, seed: 2, transferBytes, threadFile })
  expect(report.distance).toBeGreaterThan(0)
  expect(report.pointsCompared).toBe(report.pointsExpected)
  expect(report.divergences).toBeGreaterThan(0)
})
