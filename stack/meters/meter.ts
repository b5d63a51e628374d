/**
 * Adds up how long operations take, by name, in memory that another thread reads. An operation that takes so long
 * that the thread must have been interrupted counts as a stall, not as a cost. Written by one thread.
 *
 *   word 3 k       operations of name k that were counted
 *        3 k + 1   their nanoseconds
 *        3 k + 2   operations of name k that counted as stalls
 *   then a histogram of durations divided by the mean of their name, `histogramBins` words
 */
export const meteredNames = [
  'check',
  'applyAck',
  'applyData',
  'applyCall',
  'applyTick',
  'resume',
  'performSegment',
  'performUpcall',
  'performDeliver',
  'write',
  'writeBare',
  'read',
  'readEmpty',
  /** Rounds of the loop that found work, and those that did not. */
  'round',
  'idleRound',
  // Here the meter adds up numbers instead of nanoseconds: requests handled in a round; segments emitted by an apply
  // of each kind.
  'requests',
  'segmentsAck',
  'segmentsCall',
  'segmentsTick',
  'segmentsResume',
] as const

export type MeteredName = (typeof meteredNames)[number]

const wordsPerName = 3
const histogramAt = wordsPerName * meteredNames.length
const histogramBins = 128
/** Bins to a doubling; the middle bin holds the mean. */
const binsPerOctave = 16
/**
 * An operation that takes this much longer than the mean was interrupted. The same limit as `gapMicros` of the
 * probes.
 */
const stallNanos = 15_000
/** Applying one request may emit a hundred segments, so it may take this many times as long as the mean. */
const varyingTimes = 12
const firstVarying = meteredNames.indexOf('applyAck')
const lastVarying = meteredNames.indexOf('resume')
/** Rounds are never stalls, only their parts can be: a round may be long. */
const unjudged = meteredNames.indexOf('round')
const firstNumber = meteredNames.indexOf('requests')

export const meterBytes = 8 * (histogramAt + histogramBins)

export class Meter {
  readonly #words: Float64Array
  /** Whether times are taken. If not, metering adds one test to each operation. */
  isOn = false

  constructor(words: Float64Array) {
    this.#words = words
  }

  add(name: number, nanos: number): void {
    const words = this.#words
    const at = name * wordsPerName
    const count = words[at] as number
    const mean = count === 0 ? nanos : (words[at + 1] as number) / count
    const times = name >= firstVarying && name <= lastVarying ? varyingTimes : 1
    if (name < unjudged && nanos > stallNanos + times * mean) {
      words[at + 2] = (words[at + 2] as number) + 1
      return
    }
    words[at] = count + 1
    words[at + 1] = (words[at + 1] as number) + nanos
    if (name < unjudged && nanos > 200 && count > 100) {
      const bin = Math.round(Math.log2(nanos / mean) * binsPerOctave) + histogramBins / 2
      if (bin >= 0 && bin < histogramBins) words[histogramAt + bin] = (words[histogramAt + bin] as number) + 1
    }
  }
}

export interface MeterReading {
  readonly count: Record<MeteredName, number>
  readonly meanNanos: Record<MeteredName, number>
  readonly stalls: number
  /** Durations divided by their mean, at equally spaced quantiles. */
  readonly scatter: readonly number[]
}

const quantiles = 20

/** Reads the meter and clears it. `timerNanos`, the cost of taking a time, is taken off every mean duration. */
export function readMeter(words: Float64Array, timerNanos: number): MeterReading {
  const count = {} as Record<MeteredName, number>
  const meanNanos = {} as Record<MeteredName, number>
  let stalls = 0
  for (const [k, name] of meteredNames.entries()) {
    const at = k * wordsPerName
    count[name] = words[at] as number
    const mean = count[name] === 0 ? 0 : (words[at + 1] as number) / count[name]
    meanNanos[name] = Math.max(0, k < firstNumber ? mean - timerNanos : mean)
    stalls += words[at + 2] as number
  }
  const scatter = scatterOf(words.subarray(histogramAt, histogramAt + histogramBins))
  words.fill(0)
  return { count, meanNanos, stalls, scatter }
}

/** The middles of equal shares of the histogram, scaled so that their mean is 1. */
function scatterOf(bins: Float64Array): number[] {
  const total = bins.reduce((sum, each) => sum + each, 0)
  if (total === 0) return [1]
  const values: number[] = []
  let seen = 0
  for (const [bin, each] of bins.entries()) {
    seen += each
    while (values.length < quantiles && seen > ((values.length + 0.5) / quantiles) * total) {
      values.push(2 ** ((bin - histogramBins / 2) / binsPerOctave))
    }
  }
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  return values.map((value) => value / mean)
}
