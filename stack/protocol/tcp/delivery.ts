/** What the delivery of one segment, acknowledged or sacked, adds: bytes delivered and a sample of the round trip. */
import type { Core } from '../state/core.ts'
import { SegmentMark } from '../state/sent-segment.ts'
import { noteDelivery } from './loss/rack.ts'

/** No sample was taken by the acknowledgment at hand. */
export const noSample = -1

/** The selected segment is delivered for the first time. */
export function deliverSegment(core: Core): void {
  const { segment } = core
  core.deliveredBytes = (core.deliveredBytes + segment.end - segment.start) | 0
  // Karn's algorithm: no sample from a segment that was sent twice. The oldest of the others gives the sample,
  // because RTO has to cover its round trip.
  if (core.rttSample === noSample && (segment.marks & SegmentMark.retransmitted) === 0) {
    core.rttSample = Math.max(0, (core.now - segment.sentAt) | 0)
  }
  noteDelivery(core)
}
