/** The means of windows over time: each value counts for as long as until the next look. Pure. */

/** Time in microseconds; bytes of the congestion window, in flight, and of the receive window. Times grow. */
export type WindowPoint = readonly [
  micros: number,
  congestionWindow: number,
  flight: number,
  receiveWindow: number,
]

/** In bytes. */
export interface MeanWindows {
  readonly congestionWindow: number
  readonly flight: number
  readonly receiveWindow: number
}

/** Over a time in microseconds. Null if nobody looked before or within it. */
export function meanWindows(points: readonly WindowPoint[], from: number, to: number): MeanWindows | null {
  const sums = [0, 0, 0]
  let covered = 0
  points.forEach(([at, ...values], index) => {
    const until = points[index + 1]?.[0] ?? to
    const micros = Math.min(until, to) - Math.max(at, from)
    if (micros <= 0) return
    covered += micros
    values.forEach((value, which) => {
      sums[which] = (sums[which] ?? 0) + value * micros
    })
  })
  if (covered === 0) return null
  const [congestionWindow = 0, flight = 0, receiveWindow = 0] = sums.map((sum) => sum / covered)
  return { congestionWindow, flight, receiveWindow }
}
