/**
 * Round trips of one direction. They are those of the path where the capture was made at the sender; at the receiver
 * they are the time that it takes to acknowledge.
 */
import type { DirectionTrace, RoundTrip } from '../analysis/records.ts'

export interface RoundTripPoint {
  /** When the acknowledgment passed. */
  readonly micros: number
  readonly roundTripMicros: number
  readonly by: RoundTrip['by']
}

export function roundTrips({ acknowledgments }: DirectionTrace): RoundTripPoint[] {
  return acknowledgments.flatMap(({ micros, roundTrip }) =>
    roundTrip === undefined ? [] : [{ micros, roundTripMicros: roundTrip.micros, by: roundTrip.by }],
  )
}

/** The least value that a share of all values does not exceed (nearest rank); undefined of none. `share` 0 … 1. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
