/** Records how many bytes have arrived, at most once every `stepMicros`. */

const stepMicros = 10_000

/** Microseconds of the monotonic clock. */
function nowMicros(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1e6 + Math.round(nanos / 1e3)
}

export class ArrivalRecorder {
  readonly #arrivals: [number, number][] = [[nowMicros(), 0]]
  #notedAt = 0
  #last: [number, number] = [0, 0]

  /** `bytes`: all that arrived so far. */
  record(bytes: number): void {
    const now = nowMicros()
    this.#last = [now, bytes]
    if (now - this.#notedAt < stepMicros) return
    this.#notedAt = now
    this.#arrivals.push(this.#last)
  }

  /** All records, and the last arrival even if it came within a step. */
  get arrivals(): readonly [number, number][] {
    return this.#arrivals.at(-1) === this.#last ? this.#arrivals : [...this.#arrivals, this.#last]
  }
}
