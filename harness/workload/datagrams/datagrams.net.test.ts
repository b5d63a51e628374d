import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Factors, identifyFactors } from '../../matrix/factors.ts'
import type { Measurement } from '../../result/sample.ts'
import { faultsOf } from '../../result/validity.ts'
import { ContainerSampler } from '../../testbed/sampler.ts'
import { sampleContext } from '../../testing/sample-context.ts'

const sampler = new ContainerSampler()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})

afterAll(async () => {
  await sampler.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function carry(factors: Factors): Promise<Measurement> {
  const context = sampleContext({
    workload: { kind: 'datagrams', seconds: 0.5, warmupSeconds: 0.5 },
    logPath: join(folder, 'log'),
  })
  const outcome = await sampler.take({ id: identifyFactors(factors), factors }, 0, context)
  if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
  return outcome.measurement
}

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const
const paced = { offeredPerSecond: 0 } as const
const lossy = { lossProbability: 0.02, duplicationProbability: 0.02, jitterMicros: 300 }

const cells: Factors[] = [
  { ...stack, ...paced, direction: 'send', datagramBytes: 64 },
  { ...stack, ...paced, direction: 'receive', datagramBytes: 64 },
  { ...stack, ...paced, direction: 'send', datagramBytes: 1472, topology: 'veth-packet' },
  { ...stack, ...paced, direction: 'receive', datagramBytes: 1472, strategy: 'locked' },
  { ...stack, direction: 'send', datagramBytes: 512, offeredPerSecond: 1000 },
  { ...stack, direction: 'receive', datagramBytes: 512, offeredPerSecond: 1000 },
  { ...stack, direction: 'receive', datagramBytes: 64, offeredPerSecond: 1_000_000 },
  { ...stack, ...paced, direction: 'send', datagramBytes: 1472, impairment: lossy },
  { ...stack, ...paced, direction: 'receive', datagramBytes: 1472, impairment: lossy },
  { strategy: 'linux', topology: 'veth', ...paced, direction: 'send', datagramBytes: 64 },
  { strategy: 'linux', topology: 'veth', ...paced, direction: 'receive', datagramBytes: 1472 },
]

describe('numbered datagrams with an unmodified Linux peer', () => {
  test.each(cells)('%j: each one arrives as it was sent, or is counted as lost', async (factors) => {
    const { measures, deliveries, divergences, ...sample } = await carry(factors)
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
    // Threads that emit as they come may overtake each other.
    if (factors.strategy === 'linux') expect(reorderedDatagrams).toBe(0)
    if (factors.offeredPerSecond === 1000) expect(measures.sentPerSecond).toBeCloseTo(1000, -2)
  })
})
