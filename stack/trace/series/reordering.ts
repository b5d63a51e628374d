/**
 * Reordering of one direction (RFC 4737), as the receiver's capture shows it: which original segments came after one that
 * was sent later, and by how much. What was sent again is no part of it: its place in the order of sending is another.
 *
 * At the sender nothing is out of order; there the answer is about the path from the sender to the place of capture.
 */
import type { DirectionTrace } from '../analysis/records.ts'

export interface LateSegment {
  readonly frame: number
  readonly micros: number
  /** Reordering extent (section 4.2), in segments. */
  readonly extent: number
  /** Late time offset (section 4.3), microseconds. */
  readonly lateMicros: number
}

export interface Reordering {
  /** Segments that came for the first time. */
  readonly originals: number
  readonly late: readonly LateSegment[]
  /** Reordered ratio (section 4.1): late among originals; 0 without any. */
  readonly ratio: number
  readonly maximumExtent: number
  readonly maximumLateMicros: number
  /** How many segments have an extent: a pair each, the least first. */
  readonly extents: readonly (readonly [extent: number, segments: number])[]
}

export function reordering({ segments }: DirectionTrace): Reordering {
  const originals = segments.filter(({ kind }) => kind === 'new' || kind === 'outOfOrder').length
  const late = segments.flatMap(({ frame, micros, lateness }) =>
    lateness === undefined ? [] : [{ frame, micros, extent: lateness.extent, lateMicros: lateness.micros }],
  )
  const counts = new Map<number, number>()
  for (const { extent } of late) counts.set(extent, (counts.get(extent) ?? 0) + 1)
  return {
    originals,
    late,
    ratio: originals === 0 ? 0 : late.length / originals,
    maximumExtent: late.reduce((most, { extent }) => Math.max(most, extent), 0),
    maximumLateMicros: late.reduce((most, { lateMicros }) => Math.max(most, lateMicros), 0),
    extents: [...counts].sort(([a], [b]) => a - b),
  }
}
