/**
 * A bounded distribution of whole numbers, for latencies. Below 128 each value has a bucket of its own; above, each
 * power of two is divided into 64 buckets, so that a quantile is off by less than 1.6 percent. Values are *ticks* below
 * 2^31; the measure says how many ticks make its unit. A histogram is kept as pairs of bucket and count, in order
 * of buckets, without empty ones. The peers' programs have the same buckets (`harness/peers/histogram.py`). Pure.
 */
import { z } from 'zod'

const subBuckets = 64
const exactBits = 7
const largestTicks = 2 ** 31 - 1
const bucketCount = bucketOf(largestTicks) + 1

const count = z.int().nonnegative()

export const histogramSchema = z.array(z.tuple([count.max(bucketCount - 1), count.min(1)]))

export type Histogram = z.infer<typeof histogramSchema>

/** Larger values count as the largest. */
export function bucketOf(ticks: number): number {
  const value = Math.min(ticks, largestTicks)
  const shift = Math.max(0, 32 - Math.clz32(value) - exactBits)
  return shift * subBuckets + (value >>> shift)
}

/** The first value of a bucket, and how many values it holds. */
function rangeOf(bucket: number): { first: number; width: number } {
  const shift = Math.max(0, Math.floor(bucket / subBuckets) - 1)
  return { first: (bucket - shift * subBuckets) * 2 ** shift, width: 2 ** shift }
}

/** Counts values; for one thread. */
export class HistogramRecorder {
  readonly #counts = new Uint32Array(bucketCount)

  record(ticks: number): void {
    const bucket = bucketOf(ticks)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
  }

  get histogram(): Histogram {
    const pairs: Histogram = []
    this.#counts.forEach((times, bucket) => {
      if (times > 0) pairs.push([bucket, times])
    })
    return pairs
  }
}

export function countOf(histogram: Histogram): number {
  return histogram.reduce((sum, [, times]) => sum + times, 0)
}

/** The distribution of all values together. */
export function pool(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>()
  for (const [bucket, times] of histograms.flat()) counts.set(bucket, (counts.get(bucket) ?? 0) + times)
  return [...counts].sort(([one], [other]) => one - other)
}

/** The value in ticks that `share` (0 … 1) of all values do not exceed, interpolated in its bucket. Null if empty. */
export function quantile(histogram: Histogram, share: number): number | null {
  const wanted = share * countOf(histogram)
  let below = 0
  for (const [bucket, times] of histogram) {
    if (below + times >= wanted) {
      const { first, width } = rangeOf(bucket)
      return first + (width - 1) * Math.max(0, (wanted - below) / times)
    }
    below += times
  }
  return null
}

export interface Step {
  readonly ticks: number
  /** Of all values, the share that is at most `ticks`. */
  readonly share: number
}

/** The cumulative distribution: a step at the last value of each bucket. */
export function cumulative(histogram: Histogram): Step[] {
  const total = countOf(histogram)
  let below = 0
  return histogram.map(([bucket, times]) => {
    below += times
    const { first, width } = rangeOf(bucket)
    return { ticks: first + width - 1, share: below / total }
  })
}
