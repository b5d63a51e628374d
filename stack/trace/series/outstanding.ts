/**
 * Outstanding data of one direction: what was sent and is not acknowledged (SND.NXT - SND.UNA, as far as the capture
 * sees both), beside the window that the receiver advertised last. A point after every segment and acknowledgment.
 */
import type { DirectionTrace, Segment } from '../analysis/records.ts'

export interface OutstandingPoint {
  readonly micros: number
  readonly bytes: number
  /** Of these, what SACK blocks report. */
  readonly reportedBytes: number
  /** Undefined before the first acknowledgment. */
  readonly window: number | undefined
}

export function outstandingData({ segments, acknowledgments }: DirectionTrace): OutstandingPoint[] {
  const points: OutstandingPoint[] = []
  let window: number | undefined
  let next = 0
  const acknowledgeBefore = (frame: number) => {
    for (; ; next++) {
      const each = acknowledgments[next]
      if (each === undefined || each.frame >= frame) return
      window = each.window
      points.push({ micros: each.micros, ...bytesOf(each), window })
    }
  }
  for (const { frame, micros, outstanding } of segments) {
    acknowledgeBefore(frame)
    points.push({ micros, ...bytesOf({ outstanding }), window })
  }
  acknowledgeBefore(Number.POSITIVE_INFINITY)
  return points
}

function bytesOf({
  outstanding,
}: Pick<Segment, 'outstanding'>): Pick<OutstandingPoint, 'bytes' | 'reportedBytes'> {
  return { bytes: outstanding.all, reportedBytes: outstanding.reported }
}
