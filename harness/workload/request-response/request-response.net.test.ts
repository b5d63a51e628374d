import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { countOf } from '../../measure/histogram.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const exchange = containerSamples({ kind: 'request-response', seconds: 0.5, warmupSeconds: 0.5 })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const

const cells: Factors[] = [
  { ...stack, role: 'server', messageBytes: 1, depth: 1 },
  { ...stack, role: 'client', messageBytes: 1000, depth: 8 },
  // More bytes under way than any buffer holds: an end that writes without reading would wait for ever.
  { ...stack, role: 'server', messageBytes: 65_536, depth: 32 },
  { ...stack, role: 'client', messageBytes: 65_536, depth: 32 },
  { ...stack, role: 'server', messageBytes: 100, depth: 4, connections: 5 },
  { ...stack, role: 'client', messageBytes: 100, depth: 4, connections: 5, topology: 'veth-packet' },
  { ...stack, role: 'server', messageBytes: 1000, depth: 8, disturbance: 'stall-10' },
  { strategy: 'linux', topology: 'veth', role: 'server', messageBytes: 1000, depth: 8, connections: 2 },
  { strategy: 'linux', topology: 'veth', role: 'client', messageBytes: 65_536, depth: 32 },
]

describe('requests and responses with an unmodified Linux peer', () => {
  test.each(cells)('%j: every byte of both arrives, and each transaction is timed', async (factors) => {
    const sample = await exchange(factors)
    expect(faultsOf(sample)).toEqual([])
    const [requests, responses] = sample.deliveries
    expect(requests?.sent).toBe(responses?.sent)
    expect((requests?.sent ?? 0) % (factors.messageBytes ?? 0)).toBe(0)
    const { transactionsPerSecond, latencyMicros } = sample.measures
    expect(transactionsPerSecond).toBeGreaterThan(0)
    expect(countOf(latencyMicros ?? [])).toBe(Math.round(0.5 * (transactionsPerSecond ?? 0)))
    if (factors.disturbance !== undefined) expect(sample.disturbed?.events.length).toBeGreaterThan(0)
  })
})
