/**
 * How much of two flows arrived while both were under way. The measurement begins when the later flow has settled: it had
 * to find its share first, in a queue that the earlier one filled. Pure.
 */
import { bytesBetween, type Overlap } from '../bidirectional/overlap.ts'
import type { Arrivals } from '../bidirectional/task.ts'

/** Times in microseconds. Null if the flows were not under way together for any time after settling. */
export function commonTime(
  flows: readonly [Arrivals, Arrivals],
  settlingMicros: number,
  measuredMicros: number,
): Overlap | null {
  const began = Math.max(...flows.map(beganAt))
  const from = began + settlingMicros
  const to = Math.min(from + measuredMicros, ...flows.map((arrivals) => arrivals.at(-1)?.[0] ?? 0))
  if (to <= from) return null
  const [first, second] = flows
  return { bytes: [bytesBetween(first, from, to), bytesBetween(second, from, to)], micros: to - from }
}

/** When the first bytes had arrived; infinite if none did. */
function beganAt(arrivals: Arrivals): number {
  return arrivals.find(([, bytes]) => bytes > 0)?.[0] ?? Number.POSITIVE_INFINITY
}
