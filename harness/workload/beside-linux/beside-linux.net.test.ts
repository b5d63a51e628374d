import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { faultsOf } from '../../result/validity.ts'
import { containerSamples } from '../../testing/container-samples.ts'

const sampleOf = containerSamples({ kind: 'beside-linux', seconds: 0.6, warmupSeconds: 0 })

/** What the link in the middle of the dumbbell carries. */
const linkMbps = 50

const cells: Factors[] = [
  { strategy: 'sequential', payloadWork: 'checksum', topology: 'dumbbell' },
  { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'dumbbell' },
  { strategy: 'linux', topology: 'dumbbell-linux' },
]

test.each(cells)('%j shares a link with Linux, and every byte of both flows arrives', async (factors) => {
  const sample = await sampleOf(factors)
  expect(faultsOf(sample)).toEqual([])
  expect(sample.deliveries).toHaveLength(2)
  for (const { sent, received, verified } of sample.deliveries) {
    expect(received).toBe(sent)
    expect(verified).toBe(sent)
  }
  if (factors.strategy === 'replicated') expect(sample.digestsCompared).toBeGreaterThan(0)
  const { goodputMbps, besideMbps, shareOfLink, jainIndex, besideRetransmits } = sample.measures
  const [own, beside] = [goodputMbps ?? 0, besideMbps ?? 0]
  expect(Math.min(own, beside)).toBeGreaterThan(0)
  // Both flows are on the link: together they have no more than it carries, and headers take a part of that.
  expect(own + beside).toBeLessThan(linkMbps)
  expect(shareOfLink).toBeCloseTo(own / (own + beside), 9)
  expect(jainIndex).toBeCloseTo((own + beside) ** 2 / (2 * (own ** 2 + beside ** 2)), 9)
  // Nothing else limits them, so the queue overflows again and again.
  expect(besideRetransmits).toBeGreaterThan(0)
  expect(sample.measures.retransmits).toBeGreaterThan(0)
})
