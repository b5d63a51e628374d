import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const carry = containerSamples({ kind: 'datagrams', seconds: 0.5, warmupSeconds: 0.5 })
/** Long enough for a second question after the neighbor's hardware address, which comes after a second. */
const carryOverRough = containerSamples({ kind: 'datagrams', seconds: 2, warmupSeconds: 0.5 })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const
const byReports = { offeredPerSecond: 0 } as const
const rough = {
  lossProbability: 0.02,
  duplicationProbability: 0.02,
  reorderProbability: 0.02,
  reorderDelayMicros: 500,
}

const cells: Factors[] = [
  { ...stack, ...byReports, direction: 'send', datagramBytes: 64 },
  { ...stack, ...byReports, direction: 'receive', datagramBytes: 64 },
  { ...stack, ...byReports, direction: 'send', datagramBytes: 1472, topology: 'veth-packet' },
  { ...stack, ...byReports, direction: 'receive', datagramBytes: 1472, strategy: 'locked' },
  { ...stack, direction: 'send', datagramBytes: 512, offeredPerSecond: 1000 },
  { ...stack, direction: 'receive', datagramBytes: 512, offeredPerSecond: 1000 },
  { ...stack, direction: 'receive', datagramBytes: 64, offeredPerSecond: 1_000_000 },
  { ...stack, ...byReports, direction: 'send', datagramBytes: 1472, impairment: rough },
  { ...stack, ...byReports, direction: 'receive', datagramBytes: 1472, impairment: rough },
  { strategy: 'linux', topology: 'veth', ...byReports, direction: 'send', datagramBytes: 64 },
  { strategy: 'linux', topology: 'veth', ...byReports, direction: 'receive', datagramBytes: 1472 },
]

describe('numbered datagrams with an unmodified Linux peer', () => {
  test.each(cells)('%j: each one arrives as it was sent, or is counted as lost', async (factors) => {
    const exchange = factors.impairment === undefined ? carry : carryOverRough
    const { measures, deliveries, divergences, ...sample } = await exchange(factors)
    expect(faultsOf({ divergences, deliveries })).toEqual([])
    const { sent = 0, received = 0 } = deliveries[0] ?? {}
    expect(received).toBeGreaterThan(0)
    const { lostAtStack, lostAtPeer, lostOnTheWay, duplicatedDatagrams, reorderedDatagrams } = measures
    expect(received + (lostAtStack ?? 0) + (lostAtPeer ?? 0) + (lostOnTheWay ?? 0)).toBe(sent)
    expect(measures.lossPercent).toBeCloseTo((100 * (sent - received)) / sent, 6)
    expect(measures.packetsPerSecond).toBeGreaterThan(0)
    if (factors.impairment !== undefined) {
      const { path } = sample
      const way = factors.direction === 'send' ? path?.outgoing : path?.incoming
      expect(way?.lost).toBeGreaterThan(0)
      expect(lostOnTheWay).toBeGreaterThan(0)
      expect(duplicatedDatagrams).toBeGreaterThan(0)
      expect(reorderedDatagrams).toBeGreaterThan(0)
    } else {
      expect(duplicatedDatagrams).toBe(0)
    }
    // The stack's threads may overtake each other when they emit.
    if (factors.strategy === 'linux') expect(reorderedDatagrams).toBe(0)
    if (factors.offeredPerSecond === 1000) expect(measures.sentPerSecond).toBeCloseTo(1000, -2)
  })
})
