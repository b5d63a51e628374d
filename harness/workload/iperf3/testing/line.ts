/**
 * A connection of our stack whose other end is the test: what of `Connection` and `Stream` an iperf3 server calls.
 * Imported by tests only.
 */
import type { Connection } from '../../../../stack/index.ts'

const windowBytes = 1000

export class Line {
  /** What our end wrote, and how the connection ended. */
  readonly told: number[] = []
  isFinished = false
  isAborted = false
  #arrived: number[] = []
  #waiters: (() => void)[] = []
  #isClosed = false

  /** The in-place interface. Written bytes are taken by the other end at once. */
  readonly stream = this.#stream()

  get asConnection(): Connection {
    return this as unknown as Connection
  }

  arrive(bytes: Iterable<number>): void {
    this.#arrived.push(...bytes)
    this.#change()
  }

  close(): void {
    this.#isClosed = true
    this.#change()
  }

  async read(limit: number): Promise<Uint8Array | null> {
    while (this.#arrived.length === 0) {
      if (this.isAborted) throw new Error('reset')
      if (this.#isClosed) return null
      await this.progress()
    }
    return Uint8Array.from(this.#arrived.splice(0, limit))
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.told.push(...bytes)
    this.#change()
  }

  progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** As of a connection that was reset. */
  async closed(): Promise<void> {
    if (this.isAborted) throw new Error('reset')
  }

  finish(): void {
    this.isFinished = true
  }

  abort(): void {
    this.isAborted = true
    this.#change()
  }

  /** Resolves when our end has written this many bytes. */
  async heard(count: number): Promise<number[]> {
    while (this.told.length < count) await this.progress()
    return this.told.slice(0, count)
  }

  #stream() {
    const line = this
    return {
      get closedReason() {
        return line.isAborted ? 1 : undefined
      },
      get finished() {
        return line.#isClosed
      },
      get written() {
        return line.told.length
      },
      get acknowledged() {
        return line.told.length
      },
      readWindow: (limit: number) => Uint8Array.from(line.#arrived.slice(0, limit)),
      consume: (count: number) => void line.#arrived.splice(0, count),
      writeWindow: (limit: number) => line.#window.subarray(0, Math.min(limit, windowBytes)),
      commitWrite: (count: number) => {
        line.told.push(...line.#window.subarray(0, count))
        line.#change()
      },
    }
  }

  readonly #window = new Uint8Array(windowBytes)

  #change(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }
}

/** A listener whose callers the test makes. */
export class Callers {
  readonly #waiting: ((next: Connection | null) => void)[] = []
  readonly #arrived: Connection[] = []

  accept(): Promise<Connection | null> {
    const next = this.#arrived.shift()
    if (next !== undefined) return Promise.resolve(next)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  close(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null)
  }

  /** Somebody connects, and sends these bytes first. */
  call(first: Iterable<number>): Line {
    const line = new Line()
    line.arrive(first)
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#arrived.push(line.asConnection)
    else waiting(line.asConnection)
    return line
  }
}
