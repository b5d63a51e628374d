/**
 * The time in which all connections are under way: from the first that has its warm-up to the first that has all. From
 * then on the others share what it leaves, and in the end every connection has the same number of bytes. So it is only
 * within this time that shares can be seen. For several connections; one has nobody to share with.
 */
import type { Stream } from '../../../stack/index.ts'

type Arrivals = Pick<Stream, 'consumed' | 'readable'>

export class CommonWindow {
  readonly #streams: readonly Arrivals[]
  readonly #warmupBytes: number
  #before: readonly number[] | undefined
  #shares: readonly number[] | undefined
  /** When it began (milliseconds of `performance.now()`), and the bytes of all connections that had been read by then. */
  opened: { readonly at: number; readonly consumed: number } | undefined

  constructor(streams: readonly Arrivals[], warmupBytes: number) {
    this.#streams = streams
    this.#warmupBytes = warmupBytes
  }

  /** To be called after each step of a connection, with the bytes of it that were read. */
  onProgress(consumed: number, now: number): void {
    if (this.#before !== undefined || consumed < this.#warmupBytes || this.#streams.length < 2) return
    this.opened = { at: now, consumed: this.#streams.reduce((sum, stream) => sum + stream.consumed, 0) }
    this.#before = this.#arrived()
  }

  /** To be called when a connection has all of its bytes. */
  onEnd(): void {
    const before = this.#before
    if (before === undefined || this.#shares !== undefined) return
    this.#shares = this.#arrived().map((bytes, index) => bytes - (before[index] as number))
  }

  /** By connection, the bytes that arrived meanwhile; null if there was no such time. */
  get shares(): number[] | null {
    return this.#shares === undefined ? null : [...this.#shares]
  }

  /** Read or not. */
  #arrived(): number[] {
    return this.#streams.map(({ readable }) => readable)
  }
}
