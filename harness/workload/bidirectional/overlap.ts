/**
 * How much arrived while both directions were under way. The measurement begins when the first direction has settled,
 * and ends when the first direction has its last byte: from then on the other has the connection for itself. Pure.
 */
import type { Arrivals } from './task.ts'

export interface Overlap {
  /** In bytes, of each direction, in the order in which they were given. */
  readonly bytes: readonly [number, number]
  readonly micros: number
}

/** `settlingBytes`: a direction has settled when this many of its bytes have arrived. */
export function overlapOf(directions: readonly [Arrivals, Arrivals], settlingBytes: number): Overlap {
  const from = Math.min(...directions.map((arrivals) => timeOf(arrivals, settlingBytes)))
  const to = Math.min(...directions.map((arrivals) => arrivals.at(-1)?.[0] ?? 0))
  const [first, second] = directions
  return { bytes: [bytesBetween(first, from, to), bytesBetween(second, from, to)], micros: to - from }
}

/** When `bytes` bytes had arrived, in microseconds; infinite if fewer arrived. */
function timeOf(arrivals: Arrivals, bytes: number): number {
  return arrivals.find(([, taken]) => taken >= bytes)?.[0] ?? Number.POSITIVE_INFINITY
}

export function bytesBetween(arrivals: Arrivals, from: number, to: number): number {
  return bytesAt(arrivals, to) - bytesAt(arrivals, from)
}

/** The bytes that had arrived by a time, interpolated linearly between the two nearest records. */
function bytesAt(arrivals: Arrivals, micros: number): number {
  const next = arrivals.findIndex(([time]) => time > micros)
  if (next === 0) return 0
  const [timeAfter, after] = arrivals.at(next) ?? [0, 0]
  if (next < 0) return after
  const [timeBefore, before] = arrivals[next - 1] ?? [0, 0]
  return before + ((after - before) * (micros - timeBefore)) / (timeAfter - timeBefore)
}
