/**
 * A series with fewer points that draws the same. Time is divided into buckets, and of each the first, the last, the
 * least and the greatest point stay: a line through them covers the same pixels, if a bucket is not wider than one.
 *
 * It keeps, of a series in the order of time:
 * - at most `limit` points, each as it was, in their order; all if there are no more than that;
 * - the first, the last, a least and a greatest point;
 * - all notable points, as long as they are no more than half of the limit; else they are thinned in the same way;
 * - both ends of every pause that is longer than a bucket.
 */

export interface Thinning<Item> {
  readonly micros: (item: Item) => number
  readonly value: (item: Item) => number
  /** What must not get lost, such as a retransmission. Default nothing. */
  readonly isNotable?: (item: Item) => boolean
}

const pointsOfBucket = 4
/** One bucket beside as many notable points. */
export const thinningLeast = 2 * pointsOfBucket

/** `limit` ≥ 8. */
export function thin<Item>(
  series: readonly Item[],
  limit: number,
  { micros, value, isNotable = () => false }: Thinning<Item>,
): Item[] {
  if (!(limit >= thinningLeast)) throw new RangeError(`a limit of ${limit} points is below ${thinningLeast}`)
  if (series.length <= limit) return [...series]
  const half = Math.floor(limit / 2)
  const notable = indicesOf(series, isNotable)
  const kept = new Set(
    notable.length <= half
      ? notable
      : outline(notable, bucketCount(half), (index) => micros(series[index] as Item), valueAt),
  )
  const all = series.map((_, index) => index)
  const buckets = bucketCount(limit - kept.size)
  for (const index of outline(all, buckets, (index) => micros(series[index] as Item), valueAt))
    kept.add(index)
  return series.filter((_, index) => kept.has(index))

  function valueAt(index: number): number {
    return value(series[index] as Item)
  }
}

/** Buckets that `limit` points fill. */
export function bucketCount(limit: number): number {
  return Math.max(1, Math.floor(limit / pointsOfBucket))
}

function indicesOf<Item>(series: readonly Item[], isWanted: (item: Item) => boolean): number[] {
  return series.flatMap((item, index) => (isWanted(item) ? [index] : []))
}

/** Of each bucket the first, the last, the least and the greatest. */
function outline(
  indices: readonly number[],
  buckets: number,
  micros: (index: number) => number,
  value: (index: number) => number,
): number[] {
  const start = micros(indices[0] as number)
  const width = (micros(indices.at(-1) as number) - start) / buckets
  const bucketOf = (index: number) =>
    width > 0 ? Math.min(buckets - 1, Math.floor((micros(index) - start) / width)) : 0
  const found: number[] = []
  let at = 0
  while (at < indices.length) {
    const first = indices[at] as number
    const bucket = bucketOf(first)
    let [last, least, greatest] = [first, first, first]
    for (; at < indices.length && bucketOf(indices[at] as number) === bucket; at++) {
      last = indices[at] as number
      if (value(last) < value(least)) least = last
      if (value(last) > value(greatest)) greatest = last
    }
    found.push(first, least, greatest, last)
  }
  return found
}
