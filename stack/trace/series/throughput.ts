/** Throughput of one direction: bytes in bins of time, as they passed and as they were acknowledged. */
import type { DirectionTrace } from '../analysis/records.ts'

export interface ThroughputBin {
  /** Start of the bin. */
  readonly micros: number
  /** Payload that passed, what was sent again included. */
  readonly bytes: number
  /** Sequence numbers newly acknowledged: what the receiver has for sure. */
  readonly acknowledgedBytes: number
}

/** More are a mistake in the unit: no chart has so many. */
const binLimit = 1_000_000

/** Bins of `binMicros` from the first segment on, also those in which nothing passed. */
export function throughput(
  { segments, acknowledgments }: DirectionTrace,
  binMicros: number,
): ThroughputBin[] {
  const start = segments[0]?.micros
  if (start === undefined) return []
  const end = Math.max(segments.at(-1)?.micros ?? start, acknowledgments.at(-1)?.micros ?? start)
  const count = Math.floor((end - start) / binMicros) + 1
  if (!(count <= binLimit)) throw new RangeError(`bins of ${binMicros} µs would be ${count}`)
  const bins = Array.from({ length: count }, (_, bin) => ({
    micros: start + bin * binMicros,
    bytes: 0,
    acknowledgedBytes: 0,
  }))
  // An acknowledgment of what is before the capture's first segment counts in the first bin.
  const binAt = (micros: number) =>
    bins[Math.min(count - 1, Math.max(0, Math.floor((micros - start) / binMicros)))] as (typeof bins)[number]
  for (const { micros, length } of segments) binAt(micros).bytes += length
  let highest: number | undefined
  for (const { micros, acknowledgment } of acknowledgments) {
    if (highest !== undefined && acknowledgment <= highest) continue
    binAt(micros).acknowledgedBytes += highest === undefined ? 0 : acknowledgment - highest
    highest = acknowledgment
  }
  return bins
}
