/** What a transfer shows of reordering (RFC 4737). Pure. */
import type { Histogram } from '../../measure/histogram.ts'
import { type BulkFacts, bulkMeasures } from '../bulk/measures.ts'
import type { Measuring } from '../measuring.ts'

/** All segments of the transfer that are no duplicates, as they arrived at the peer. */
export interface Arrivals {
  readonly segments: number
  /** Segments that begin before bytes that had arrived. */
  readonly reordered: number
  /** Of these, those that the three segments before them overtook: they draw three duplicate ACKs. */
  readonly threeReordered: number
  readonly extents: Histogram
}

export interface ReorderingFacts extends BulkFacts {
  /** Null if the capture is not whole. */
  readonly arrivals: Arrivals | null
}

const { goodputMbps, retransmits, spuriousRetransmits, outOfOrder, duplicateAcks } = bulkMeasures

export const reorderingMeasures: Measuring<ReorderingFacts> = {
  goodputMbps,
  reorderedPercent: ({ arrivals }) => percentOf(arrivals, arrivals?.reordered),
  threeReorderedPercent: ({ arrivals }) => percentOf(arrivals, arrivals?.threeReordered),
  reorderingExtent: ({ arrivals }) => arrivals?.extents ?? [],
  retransmits,
  spuriousRetransmits,
  outOfOrder,
  duplicateAcks,
}

function percentOf(arrivals: Arrivals | null, count: number | undefined): number | null {
  if (arrivals === null || count === undefined || arrivals.segments === 0) return null
  return (100 * count) / arrivals.segments
}
