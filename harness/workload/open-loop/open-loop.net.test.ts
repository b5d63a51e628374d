import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { bucketOf, countOf } from '../../measure/histogram.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const seconds = 1
const ticksPerMicro = 10
const exchange = containerSamples({ kind: 'open-loop', seconds, warmupSeconds: 0.5 })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const

const cells: Factors[] = [
  { ...stack, offeredPerSecond: 200, messageBytes: 1000 },
  { ...stack, offeredPerSecond: 200, messageBytes: 16_384, connections: 3 },
  { strategy: 'linux', topology: 'veth', offeredPerSecond: 500, messageBytes: 1000 },
]

describe('requests by a schedule', () => {
  test.each(cells)(
    '%j: every byte of both arrives, and every request that was due is counted',
    async (factors) => {
      const sample = await exchange(factors)
      expect(faultsOf(sample)).toEqual([])
      const { offeredPerSecond = 0, messageBytes = 0 } = factors
      const [requests, responses] = sample.deliveries
      expect(requests?.sent).toBe(responses?.sent)
      expect((requests?.sent ?? 0) % messageBytes).toBe(0)
      const { transactionsPerSecond, latencyMicros, tailLatencyMicros, refusedPercent } = sample.measures
      expect(refusedPercent).toBe(0)
      // A Poisson process: within five standard deviations.
      const due = countOf(latencyMicros ?? [])
      expect(Math.abs(due - seconds * offeredPerSecond)).toBeLessThan(
        5 * Math.sqrt(seconds * offeredPerSecond),
      )
      expect(Math.abs((transactionsPerSecond ?? 0) * seconds - due)).toBeLessThan(100)
      expect(tailLatencyMicros).toBeGreaterThan(0)
    },
  )

  test('while a server stands still, every request that falls due waits, and not one only', async () => {
    const cell: Factors = { ...stack, replicas: 1, offeredPerSecond: 500, messageBytes: 1000 }
    const sample = await exchange({ ...cell, disturbance: 'stall-100' })
    expect(faultsOf(sample)).toEqual([])
    const stalls = sample.disturbed?.events.length ?? 0
    expect(stalls).toBeGreaterThan(0)
    const { latencyMicros = [] } = sample.measures
    const waited = latencyMicros.filter(([bucket]) => bucket >= bucketOf(20_000 * ticksPerMicro))
    // Of some 50 that fall due in 100 ms, those that waited for more than 20 ms; in a closed loop it would be one.
    expect(countOf(waited)).toBeGreaterThan(15)
  })

  test('what a server does not carry is refused and counted, and no tail is made up', async () => {
    const sample = await exchange({ ...stack, offeredPerSecond: 5_000, messageBytes: 65_536 })
    expect(faultsOf(sample)).toEqual([])
    const { refusedPercent, tailLatencyMicros, transactionsPerSecond } = sample.measures
    expect(refusedPercent).toBeGreaterThan(1)
    expect(tailLatencyMicros).toBeNull()
    expect(transactionsPerSecond).toBeLessThan(5_000)
  })
})
