/**
 * The time–sequence diagram of one direction: segments as strokes from their first to their last number, the line of
 * what is acknowledged, the line of how far the receiver lets the sender go, and SACK blocks as strokes between.
 */
import type { DirectionTrace, SegmentKind } from '../analysis/records.ts'

/** A stroke at one time over a range of sequence numbers. */
export interface Stroke {
  readonly micros: number
  readonly from: number
  readonly to: number
}

export interface SegmentStroke extends Stroke {
  readonly kind: SegmentKind
  readonly missingBefore: number
}

/** Holds from its time on, until the next point. */
export interface Point {
  readonly micros: number
  readonly value: number
}

export interface TimeSequence {
  readonly segments: readonly SegmentStroke[]
  readonly acknowledged: readonly Point[]
  /** Acknowledgment and window together (SND.UNA + SND.WND). */
  readonly windowEdge: readonly Point[]
  readonly sack: readonly Stroke[]
}

export function timeSequence({ segments, acknowledgments }: DirectionTrace): TimeSequence {
  let highest = Number.NEGATIVE_INFINITY
  const current = acknowledgments.filter(({ acknowledgment }) => {
    // One that was overtaken says nothing new.
    if (acknowledgment < highest) return false
    highest = acknowledgment
    return true
  })
  return {
    segments: segments.map(({ micros, from, to, kind, missingBefore }) => ({
      micros,
      from,
      to,
      kind,
      missingBefore,
    })),
    acknowledged: current.map(({ micros, acknowledgment }) => ({ micros, value: acknowledgment })),
    windowEdge: current.map(({ micros, acknowledgment, window }) => ({
      micros,
      value: acknowledgment + window,
    })),
    sack: acknowledgments.flatMap(({ micros, sack }) => sack.map((range) => ({ micros, ...range }))),
  }
}
