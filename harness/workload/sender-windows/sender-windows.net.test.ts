import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const sampleOf = containerSamples({ kind: 'sender-windows', seconds: 0.5, warmupSeconds: 0 })

const cells: Factors[] = [
  {
    strategy: 'replicated',
    replicas: 2,
    payloadWork: 'checksum',
    topology: 'dumbbell',
    peerCongestion: 'reno',
  },
  { strategy: 'linux', topology: 'dumbbell-linux' },
]

test.each(cells)('%j: every byte arrives, and the windows of the sender are on record', async (factors) => {
  const sample = await sampleOf(factors)
  expect(faultsOf(sample)).toEqual([])
  expect(sample.linuxTcp?.congestionControl).toBe(factors.peerCongestion)
  const { points, settledMillis } = sample.windows as NonNullable<typeof sample.windows>
  // A look every 10 ms, on a machine that may be busy, from the opening to the end of the measured time.
  expect(points.length).toBeGreaterThan(20)
  const times = points.map(([at]) => at as number)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  expect(times.at(-1)).toBeGreaterThan(settledMillis)
  const { congestionWindowBytes, flightBytes, receiveWindowBytes, goodputMbps } = sample.measures
  expect(goodputMbps).toBeGreaterThan(0)
  expect(goodputMbps).toBeLessThan(50)
  const flight = flightBytes ?? 0
  // Link and queue were full most of the time, and nothing can be in flight beyond either window.
  expect(flight).toBeGreaterThan(10_000)
  expect(flight).toBeLessThanOrEqual(1.1 * (congestionWindowBytes ?? 0))
  expect(flight).toBeLessThan(receiveWindowBytes ?? 0)
})
