/**
 * The scoreboard's entries: one for each segment sent and not yet acknowledged, in a ring ordered by
 * sequence number. Every entry is in exactly one of three conditions:
 *
 *   in flight   in the connection's time list, ordered by time of transmission; counted in `pipe`
 *   lost        in the lost list, in the order in which it will be sent again
 *   sacked      in neither list; the peer holds it
 *
 * Links are ring slots + 1, so that zero ends a list.
 */
import { type Cursor, defineRecord } from '../../wire/record.ts'

export const segmentRecord = defineRecord({
  start: 'sequence number of the first byte',
  end: 'sequence number after the last byte; a FIN counts',
  sentAt: 'time of the last transmission, microseconds',
  marks: 'SegmentMark bits',
  next: 'next in its list, ring slot + 1',
  previous: 'previous in its list, ring slot + 1',
})
export type Segment = Cursor<typeof segmentRecord.fields>

export const SegmentMark = { sacked: 1, lost: 2, retransmitted: 4, fin: 8 } as const
