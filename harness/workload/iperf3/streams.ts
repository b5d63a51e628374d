/** The streams of a test at our end: one that receives compares what arrives, one that sends makes it. */
import type { Connection } from '../../../stack/index.ts'
import type { StreamPattern } from '../../content/stream-pattern.ts'
import { RepeatingPayload } from './payload.ts'
import type { Parameters } from './protocol.ts'

const chunkBytes = 256 * 1024

export interface StreamEnd {
  /** Sent or received. */
  readonly bytes: number
  /** Known to have arrived at the receiving end. */
  readonly arrived: number
  /** Received bytes that were as they have to be. */
  readonly verified: number
  /** When the last bytes were taken; of a stream that sends, when it was told to stop. In milliseconds. */
  readonly endedAt: number
  /** Moves bytes until the stream is over. Rejects with SocketError if the connection fails before. */
  run(): Promise<void>
  /** The client says that the test is over. */
  stop(): void
  /** Resolves when this number of bytes has been moved. */
  reach(bytes: number): Promise<void>
  /** Ends the stream with a reset. */
  abort(): void
}

export class ReceivingEnd implements StreamEnd {
  readonly #connection: Connection
  readonly #payload: RepeatingPayload
  #reached = Promise.withResolvers<void>()
  #awaited = Number.POSITIVE_INFINITY
  endedAt = 0

  constructor(connection: Connection, { blockBytes }: Parameters) {
    this.#connection = connection
    this.#payload = new RepeatingPayload(blockBytes)
  }

  get bytes(): number {
    return this.#payload.received
  }

  get arrived(): number {
    return this.bytes
  }

  get verified(): number {
    return this.#payload.verified
  }

  /** Until the client closes. */
  async run(): Promise<void> {
    const { stream } = this.#connection
    for (;;) {
      const window = stream.readWindow(chunkBytes)
      if (window.length > 0) {
        this.#payload.take(window)
        stream.consume(window.length)
        this.endedAt = performance.now()
        this.#checkReached()
      } else if (stream.finished) break
      else if (stream.closedReason !== undefined) await this.#connection.closed()
      else await this.#connection.progress()
    }
    this.#connection.finish()
  }

  /** Bytes may still be under way: the results of the client say how many there are. */
  stop(): void {}

  reach(bytes: number): Promise<void> {
    this.#awaited = bytes
    this.#checkReached()
    return this.#reached.promise
  }

  abort(): void {
    this.#connection.abort()
  }

  #checkReached(): void {
    if (this.bytes >= this.#awaited) this.#reached.resolve()
  }
}

export class SendingEnd implements StreamEnd {
  readonly #connection: Connection
  readonly #pattern: StreamPattern
  readonly #stopped = Promise.withResolvers<void>()
  #totalBytes: number
  readonly verified = 0
  endedAt = 0

  /** `totalBytes` may be infinite. */
  constructor(connection: Connection, pattern: StreamPattern, totalBytes: number) {
    this.#connection = connection
    this.#pattern = pattern
    this.#totalBytes = totalBytes
  }

  get bytes(): number {
    return this.#connection.stream.written
  }

  get arrived(): number {
    return this.#connection.stream.acknowledged
  }

  /** Until the client says that it has enough: with a total, it may not have read all of it before. */
  async run(): Promise<void> {
    const { stream } = this.#connection
    while (stream.written < this.#totalBytes) {
      if (stream.closedReason !== undefined) await this.#connection.closed()
      const window = stream.writeWindow(Math.min(chunkBytes, this.#totalBytes - stream.written))
      if (window.length === 0) {
        await this.#connection.progress()
        continue
      }
      window.set(this.#pattern.at(stream.written, window.length))
      stream.commitWrite(window.length)
    }
    await this.#stopped.promise
    this.#connection.finish()
  }

  stop(): void {
    this.endedAt = performance.now()
    this.#totalBytes = 0
    this.#stopped.resolve()
  }

  async reach(): Promise<void> {}

  abort(): void {
    this.#connection.abort()
    this.#stopped.resolve()
  }
}

/** How many bytes each of `count` streams sends for `total` together. */
export function shares(total: number, count: number): number[] {
  const least = Math.floor(total / count)
  return Array.from({ length: count }, (_, number) => least + (number < total % count ? 1 : 0))
}
