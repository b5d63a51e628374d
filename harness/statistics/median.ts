/**
 * The median of a cell's samples and how sure one can be of it. The interval comes from order statistics: it
 * assumes nothing of the distribution but independent samples. Pure. Invariant: low ≤ median ≤ high.
 */

export interface MedianInterval {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly samples: number
  /** Probability that the interval holds the true median: at least 0.95 from six samples on, less below. */
  readonly coverage: number
}

const confidence = 0.95

/** Null for no samples. */
export function medianInterval(samples: readonly number[]): MedianInterval | null {
  if (samples.length === 0) return null
  const sorted = [...samples].sort((a, b) => a - b)
  const skipped = skippedOnEachSide(sorted.length)
  return {
    median: middle(sorted),
    low: sorted[skipped] as number,
    high: sorted[sorted.length - 1 - skipped] as number,
    samples: sorted.length,
    coverage: coverageOf(sorted.length, skipped),
  }
}

/** The coverage of an interval over so many samples, for whoever has the interval alone. */
export function coverageOver(samples: number): number {
  return coverageOf(samples, skippedOnEachSide(samples))
}

export function median(samples: readonly number[]): number | null {
  return samples.length === 0 ? null : middle([...samples].sort((a, b) => a - b))
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1
  const upper = sorted[half] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2
}

/** How many of the smallest, and of the largest, samples can be left out without losing confidence. */
function skippedOnEachSide(count: number): number {
  let skipped = 0
  while (skipped + 1 < count / 2 && coverageOf(count, skipped + 1) >= confidence) skipped += 1
  return skipped
}

/**
 * Each sample is below the true median with probability ½, so the number of samples below it is binomial. The interval
 * misses the true median when at most `skipped` samples are on one side of it: 1 - 2 P(B(count, ½) ≤ skipped).
 */
function coverageOf(count: number, skipped: number): number {
  let ways = 1
  let tail = 0
  for (let below = 0; below <= skipped; below += 1) {
    tail += ways
    ways = (ways * (count - below)) / (below + 1)
  }
  return Math.max(0, 1 - (2 * tail) / 2 ** count)
}
