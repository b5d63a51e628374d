import { describe, expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const mebibyte = 2 ** 20
const bytes = 16 * mebibyte
const sizes = { checksum: bytes, copy: bytes, linux: bytes }
const run = containerSamples({ kind: 'iperf3', transferBytes: sizes, warmupBytes: sizes })

const stack = { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap' } as const
const linux = { strategy: 'linux', topology: 'veth', offload: 'off' } as const

const cells: Factors[] = [
  { ...stack, direction: 'receive' },
  { ...stack, direction: 'send' },
  { ...stack, direction: 'receive', connections: 4 },
  { ...stack, direction: 'send', connections: 3 },
  { strategy: 'sequential', payloadWork: 'copy', topology: 'veth-packet', direction: 'receive' },
  { ...stack, direction: 'send', impairment: { lossProbability: 0.005, delayMicros: 500 } },
  { ...linux, direction: 'receive' },
  { ...linux, direction: 'send' },
]

describe('an unmodified iperf3 as the client', () => {
  test.each(cells)(
    '%j: both ends count the same, and what was received is as it was sent',
    async (factors) => {
      const sample = await run(factors)
      expect(faultsOf(sample)).toEqual([])
      const { sent = 0, received = 0, verified = 0 } = sample.deliveries[0] ?? {}
      expect(verified).toBeGreaterThan(8 * mebibyte)
      // An eighth settles; iperf3 counts whole blocks. Its own server drops what is under way when its client stops.
      const expected = (factors.strategy === 'linux' ? 1 : 1.125) * bytes
      expect(sent).toBeGreaterThanOrEqual(factors.direction === 'send' ? received : expected)
      expect(sent).toBeLessThan(expected + 8 * mebibyte)
      if (factors.strategy !== 'linux') expect(received).toBe(sent)
      expect(sample.measures.goodputMbps).toBeGreaterThan(0)
      if (factors.strategy === 'replicated') expect(sample.digestsCompared).toBeGreaterThan(0)
    },
  )
})
