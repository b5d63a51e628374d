import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Factors, identifyFactors } from '../../matrix/factors.ts'
import { ContainerSampler } from '../../testbed/sampler.ts'
import { sampleContext } from '../../testing/sample-context.ts'

const mebibyte = 2 ** 20
const sampler = new ContainerSampler()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})

afterAll(async () => {
  await sampler.dispose()
  await rm(folder, { recursive: true, force: true })
})

const all = (bytes: number) => ({ checksum: bytes, copy: bytes, cipher: bytes, linux: bytes })
const workload = {
  kind: 'bidirectional',
  transferBytes: all(8 * mebibyte),
  warmupBytes: all(mebibyte),
} as const

const cells: Factors[] = [
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'veth-packet' },
  { strategy: 'linux', topology: 'veth', offload: 'off' },
]

describe('both directions at once with an unmodified Linux peer', () => {
  test.each(cells)('%j: every byte arrives at both ends', async (factors) => {
    const context = sampleContext({
      workload,
      logPath: join(folder, 'log'),
      // Linux hosts do it within the exchange.
      warmupShare: factors.strategy === 'linux' ? 1 : 0,
    })
    const outcome = await sampler.take({ id: identifyFactors(factors), factors }, 0, context)
    if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
    const { deliveries, measures, divergences, digestsCompared } = outcome.measurement
    const [sent, received, verified] = [9 * mebibyte, 9 * mebibyte, 9 * mebibyte]
    const delivery = { unit: 'bytes', sent, received, verified }
    expect(deliveries).toEqual([delivery, delivery])
    expect(divergences).toBe(0)
    if (factors.strategy === 'replicated') expect(digestsCompared).toBeGreaterThan(0)
    const { goodputMbps, outgoingMbps, incomingMbps } = measures
    expect(Math.min(outgoingMbps ?? 0, incomingMbps ?? 0)).toBeGreaterThan(0)
    expect(goodputMbps).toBeCloseTo((outgoingMbps ?? 0) + (incomingMbps ?? 0), 6)
  })
})
