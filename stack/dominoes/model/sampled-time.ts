/**
 * What a thing costs that is done too often to be timed each time: some are timed, on the clock that all threads of a
 * machine share. One instance belongs to one thread, which allocates only where it reads the clock.
 *
 * The result is a mean, less what reading the clock takes, without the largest twentieth: those are interruptions of
 * the thread.
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
const keptShare = 0.95

export class SampledTime {
  readonly #times = new Float64Array(limit)
  readonly #clockNanos: number
  #count = 0

  constructor(clockNanos: number = clockCostNanos()) {
    this.#clockNanos = clockNanos
  }

  /** `startedNanos` and `endedNanos` were read around `things` things, one after the other. */
  add(startedNanos: number, endedNanos: number, things = 1): void {
    this.#times[this.#count % limit] = (endedNanos - startedNanos - this.#clockNanos) / things
    this.#count += 1
  }

  /** Forgets all, such as what was timed before the compiler was done. */
  clear(): void {
    this.#count = 0
  }

  /** Null if nothing was timed. */
  get nanos(): number | null {
    const times = this.#times.slice(0, Math.min(this.#count, limit)).sort()
    const kept = times.subarray(0, Math.ceil(times.length * keptShare))
    if (kept.length === 0) return null
    return Math.max(0, kept.reduce((sum, time) => sum + time, 0) / kept.length)
  }
}

/** What a reading of the clock adds to a time: the median distance of two readings with nothing between them. */
export function clockCostNanos(): number {
  const distances = Float64Array.from({ length: 1001 }, () => -nowNanos() + nowNanos()).sort()
  return distances[distances.length >> 1] as number
}
