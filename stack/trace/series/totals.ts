/** What one direction of a connection comes to in all; of what is kept, if its trace is cut. */
import { type DirectionTrace, isRetransmission, type Segment, type SegmentKind } from '../analysis/records.ts'
import { quantile, roundTrips } from './round-trips.ts'

export interface Totals {
  /** Segments with payload, SYN or FIN, and keep-alives. */
  readonly segments: number
  /** Payload that passed, and of it what was in retransmissions. */
  readonly bytes: number
  readonly retransmittedBytes: number
  readonly byKind: Readonly<Record<SegmentKind, number>>
  /** Of all four kinds. */
  readonly retransmissions: number
  readonly outOfOrder: number
  /** Sequence numbers that never passed before what follows them: lost before this place, or late. */
  readonly missing: number
  readonly acknowledgments: number
  readonly duplicateAcks: number
  readonly duplicateSacks: number
  readonly greatestOutstanding: number
  readonly roundTripSamples: number
  /** Microseconds; undefined without samples. */
  readonly minimumRoundTripMicros: number | undefined
  readonly medianRoundTripMicros: number | undefined
  readonly p99RoundTripMicros: number | undefined
}

export function totals(direction: DirectionTrace): Totals {
  const { segments, acknowledgments } = direction
  const byKind = {
    new: 0,
    outOfOrder: 0,
    retransmission: 0,
    fastRetransmission: 0,
    sackRetransmission: 0,
    spuriousRetransmission: 0,
    keepAlive: 0,
    windowProbe: 0,
  }
  for (const { kind } of segments) byKind[kind] += 1
  const retransmissions = segments.filter(isRetransmission)
  const samples = roundTrips(direction).map(({ roundTripMicros }) => roundTripMicros)
  return {
    segments: segments.length,
    bytes: sum(segments, ({ length }) => length),
    retransmittedBytes: sum(retransmissions, ({ length }) => length),
    byKind,
    retransmissions: retransmissions.length,
    outOfOrder: byKind.outOfOrder,
    missing: sum(segments, ({ missingBefore }) => missingBefore),
    acknowledgments: acknowledgments.length,
    duplicateAcks: acknowledgments.filter(({ duplicate }) => duplicate > 0).length,
    duplicateSacks: acknowledgments.filter(({ isDuplicateSack }) => isDuplicateSack).length,
    greatestOutstanding: segments.reduce((most, { outstanding }) => Math.max(most, outstanding.all), 0),
    roundTripSamples: samples.length,
    minimumRoundTripMicros: quantile(samples, 0),
    medianRoundTripMicros: quantile(samples, 0.5),
    p99RoundTripMicros: quantile(samples, 0.99),
  }
}

function sum(segments: readonly Segment[], of: (segment: Segment) => number): number {
  return segments.reduce((total, segment) => total + of(segment), 0)
}
