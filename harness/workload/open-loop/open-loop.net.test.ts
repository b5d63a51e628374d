import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { bucketOf, countOf } from '../../measure/histogram.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const seconds = 1
const warmupSeconds = 0.5
const ticksPerMicro = 10
const exchange = containerSamples({ kind: 'open-loop', seconds, warmupSeconds })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const

const cells: Factors[] = [
  { ...stack, offeredPerSecond: 200, messageBytes: 1000 },
  { ...stack, offeredPerSecond: 200, messageBytes: 16_384, connections: 3 },
  { strategy: 'linux', topology: 'veth', offeredPerSecond: 200, messageBytes: 1000 },
]

describe('requests by a schedule', () => {
  test.each(cells)('%j: every byte of both arrives, and as many are made as were due', async (factors) => {
    const sample = await exchange(factors)
    expect(faultsOf(sample)).toEqual([])
    const { offeredPerSecond = 0, messageBytes = 0, strategy } = factors
    const [requests, responses] = sample.deliveries
    expect(requests?.sent).toBe(responses?.sent)
    expect((requests?.sent ?? 0) % messageBytes).toBe(0)
    // A Poisson process: within five standard deviations.
    const settling = strategy === 'linux' ? 0 : seconds / 8
    const expected = offeredPerSecond * (settling + seconds)
    const made = (requests?.sent ?? 0) / messageBytes
    expect(Math.abs(made - expected)).toBeLessThan(5 * Math.sqrt(expected))
    const { latencyMicros = [], tailLatencyMicros, refusedPercent } = sample.measures
    expect(refusedPercent).toBe(0)
    // On a busy machine the generator may be late: then it says so, and tells no latency.
    const wasLate = sample.note !== ''
    expect(countOf(latencyMicros) > 0).toBe(!wasLate)
    expect(tailLatencyMicros === null).toBe(wasLate)
  })

  test('while a server stands still, every request that falls due waits, and not one only', async () => {
    const cell: Factors = { ...stack, replicas: 1, offeredPerSecond: 200, messageBytes: 1000 }
    const sample = await exchange({ ...cell, disturbance: 'stall-1000' })
    expect(faultsOf(sample)).toEqual([])
    expect(sample.disturbed?.events.length).toBeGreaterThan(0)
    const { latencyMicros = [] } = sample.measures
    const waited = latencyMicros.filter(([bucket]) => bucket >= bucketOf(200_000 * ticksPerMicro))
    // In a closed loop it would be one for each stall.
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
