/** What a capture at the peer shows of the order in which segments arrive, in containers. */
import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const bytes = 16 * 2 ** 20
const carry = containerSamples({
  kind: 'reordering',
  transferBytes: { checksum: bytes, linux: bytes },
  warmupBytes: { checksum: 0, linux: 0 },
})

const stack = { payloadWork: 'checksum', topology: 'tap' } as const
const replicas = { ...stack, strategy: 'replicated', replicas: 2 } as const
const inOrder: Factors[] = [
  { ...stack, strategy: 'sequential' },
  { ...replicas, emission: 'ordered' },
]

test.each(inOrder)('%j: hardly any segment is behind a later one', async (factors) => {
  const { measures, ...sample } = await carry(factors)
  expect(faultsOf(sample)).toEqual([])
  // What is sent again after a loss comes late, too.
  expect(measures.reorderedPercent).toBeLessThan(1)
  expect(measures.threeReorderedPercent).toBeLessThanOrEqual(measures.reorderedPercent as number)
})

/** A veth hands a segment to the processor that it was sent on: where there are several, Linux may reorder its own. */
test('what Linux sends is captured and counted, too', async () => {
  const { measures, ...sample } = await carry({ strategy: 'linux', topology: 'veth', offload: 'off' })
  expect(faultsOf(sample)).toEqual([])
  expect(measures.reorderedPercent).toBeGreaterThanOrEqual(0)
  expect(measures.threeReorderedPercent).toBeLessThanOrEqual(measures.reorderedPercent as number)
})

test('impairment that reorders is seen, and how far', async () => {
  const impairment = { reorderProbability: 0.05, reorderDelayMicros: 2000 }
  const { measures, ...sample } = await carry({ ...stack, strategy: 'sequential', impairment })
  expect(faultsOf(sample)).toEqual([])
  expect(measures.reorderedPercent).toBeGreaterThan(1)
  expect(measures.reorderingExtent?.length).toBeGreaterThan(0)
})
