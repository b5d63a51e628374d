import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { microprotocolSetNames, microprotocolSets } from '../../matrix/microprotocol-sets.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const carry = containerSamples({ kind: 'ctp', seconds: 0.4, warmupSeconds: 0.4 })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap-pair' } as const
const plain = { ...stack, peer: 'sequential', datagramBytes: 1024 } as const
const rough = {
  lossProbability: 0.02,
  duplicationProbability: 0.02,
  corruptionProbability: 0.02,
  reorderProbability: 0.02,
  reorderDelayMicros: 500,
}

const cells: Factors[] = [
  ...microprotocolSetNames.map((microprotocols) => ({ ...plain, microprotocols })),
  { ...plain, microprotocols: 'ordered', datagramBytes: 64, payloadWork: 'checksum', strategy: 'locked' },
  { ...plain, microprotocols: 'ordered-reliable', datagramBytes: 1468, peer: 'replicated-2' },
  ...(['ordered', 'reliable', 'ordered-reliable-congestion'] as const).map((microprotocols) => ({
    ...plain,
    microprotocols,
    impairment: rough,
  })),
]

describe('messages from one stack to another', () => {
  test.each(cells)('%j: arrive as the microprotocols promise', async (factors) => {
    const { microprotocols = 'none', impairment } = factors
    const { measures, deliveries, divergences, path } = await carry(factors)
    expect(faultsOf({ divergences, deliveries })).toEqual([])
    const { sent = 0, received = 0, verified } = deliveries[0] ?? {}
    expect(verified).toBe(received)
    expect(measures.goodputMbps).toBeGreaterThan(0)
    const set: readonly string[] = microprotocolSets[microprotocols]
    if (set.includes('reliability')) {
      expect(received).toBe(sent)
      if (impairment !== undefined) expect(measures.retransmits).toBeGreaterThan(0)
    } else {
      expect(received).toBeGreaterThan(0)
      expect(measures.retransmits).toBe(0)
    }
    if (set.includes('numbering')) expect(measures.duplicatedDatagrams).toBe(0)
    if (set.includes('ordering')) expect(measures.reorderedDatagrams).toBe(0)
    if (impairment !== undefined) expect(path?.outgoing.lost).toBeGreaterThan(0)
  })
})
