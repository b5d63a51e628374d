/**
 * What a thing costs that is done too often to be timed each time: some are timed, on the clock that all threads of a
 * machine share. One instance belongs to one thread, which allocates only where it reads the clock.
 *
 * The result is the mean of the middle half of the times, less what reading the clock takes: a thread is interrupted now
 * and then, and an interruption is a thousand times as long as what is timed.
 */

/** Nanoseconds of the monotonic clock; exact, since a machine is up for less than 2^53 of them. */
export function nowNanos(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1e9 + nanos
}

export function nowMicros(): number {
  return nowNanos() / 1000
}

/** Most times that are kept; later ones take the place of the oldest. */
const limit = 8192

export class SampledTime {
  readonly #times = new Float64Array(limit)
  readonly #things = new Float64Array(limit)
  readonly #clockNanos: () => number
  #count = 0

  /** `clockNanos` is asked with the result: by then the compiler is done with whatever reads the clock. */
  constructor(clockNanos: () => number = clockCostNanos) {
    this.#clockNanos = clockNanos
  }

  /** `startedNanos` and `endedNanos` were read around `things` things, one after the other. */
  add(startedNanos: number, endedNanos: number, things = 1): void {
    const at = this.#count % limit
    this.#times[at] = (endedNanos - startedNanos) / things
    this.#things[at] = things
    this.#count += 1
  }

  /** Forgets all, such as what was timed before the compiler was done. */
  clear(): void {
    this.#count = 0
  }

  /** Null if nothing was timed. */
  get nanos(): number | null {
    if (this.#count === 0) return null
    const clockNanos = this.#clockNanos()
    const times = this.#times
      .slice(0, Math.min(this.#count, limit))
      .map((time, at) => time - clockNanos / (this.#things[at] as number))
      .sort()
    const quarter = Math.floor(times.length / 4)
    const kept = times.subarray(quarter, times.length - quarter)
    return Math.max(0, kept.reduce((sum, time) => sum + time, 0) / kept.length)
  }
}

/** What a reading of the clock adds to a time: the median distance of two readings with nothing between them. */
export function clockCostNanos(): number {
  const distances = new Float64Array(2001)
  for (let k = 0; k < distances.length; k++) {
    const startedNanos = nowNanos()
    distances[k] = nowNanos() - startedNanos
  }
  return distances.sort()[distances.length >> 1] as number
}

/** The mean of what threads timed; null if none did. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
