import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { countOf } from '../../measure/histogram.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const serve = containerSamples({ kind: 'http', seconds: 0.4, warmupSeconds: 0.2 })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const

const cells: Factors[] = [
  { ...stack, bodyBytes: 1024 },
  { ...stack, bodyBytes: 1, connections: 64 },
  { ...stack, bodyBytes: 1_000_000, connections: 2 },
  { strategy: 'sequential', payloadWork: 'copy', topology: 'veth-packet', bodyBytes: 1024, connections: 8 },
  { ...stack, bodyBytes: 65_536, connections: 4, impairment: { lossProbability: 0.005, delayMicros: 500 } },
  { strategy: 'linux', topology: 'veth', offload: 'off', bodyBytes: 1024, connections: 8 },
]

describe('an unmodified curl and an unmodified wrk as clients', () => {
  test.each(cells)('%j: every body is as it has to be, and each response is timed', async (factors) => {
    const sample = await serve(factors)
    expect(faultsOf(sample)).toEqual([])
    const [downloads, responses] = sample.deliveries
    expect(downloads?.verified).toBe(2 * (0 + 1 + 1460 + 65_536 + 1_000_000) + (factors.bodyBytes ?? 0))
    expect(responses?.verified).toBeGreaterThan(0)
    const { transactionsPerSecond, latencyMicros } = sample.measures
    expect(transactionsPerSecond).toBeGreaterThan(0)
    expect(countOf(latencyMicros ?? [])).toBeGreaterThan(0)
  })
})
