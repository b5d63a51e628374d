/**
 * A TCP connection as an application holds it: promises over a `Stream`. Application's thread only.
 *
 *     const connection = await stack.connect({ address: '10.77.0.2', port: 80 })
 *     await connection.write(new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n'))
 *     for await (const bytes of connection) process.stdout.write(bytes)
 *
 * Its buffers go back to the stack once it is over and all was read, or when the application gives it up by `finish` or
 * `abort`, whichever comes first. Invariant: they go back once.
 */
import { UpcallError } from '../protocol/actions.ts'
import { SocketError } from './errors.ts'
import type { Stream } from './stream.ts'

/** What a connection asks of the endpoint. */
export interface ConnectionPort {
  accept(stream: Stream): void
  release(stream: Stream): void
}

export class Connection {
  /** The byte stream itself, for applications that fill and read the rings in place. */
  readonly stream: Stream
  readonly #what: string
  readonly #port: ConnectionPort
  #waiters: (() => void)[] = []
  #isClaimed: boolean

  /**
   * `isClaimed`: whether the application has this connection or waits for it. An unclaimed one stays until it
   * is claimed or given up.
   */
  constructor(stream: Stream, what: string, port: ConnectionPort, isClaimed: boolean) {
    this.stream = stream
    this.#what = what
    this.#port = port
    this.#isClaimed = isClaimed
    stream.onOver = () => this.#releaseIfOver()
  }

  /** Called by the listener when the application takes this connection. */
  claim(): void {
    this.#isClaimed = true
    this.#port.accept(this.stream)
    this.#releaseIfOver()
  }

  /** Resolves at the next change: bytes arrived, room was freed, the peer finished, the connection ended. */
  progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** Called by the stack when the stream changed. */
  onProgress(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }

  /** Resolves when all bytes are in the send buffer. Throws SocketError when the connection ends before. */
  async write(bytes: Uint8Array): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      this.#throwIfFailed()
      if (this.stream.closedReason !== undefined) throw new SocketError(this.#what, 'reset')
      if (this.stream.isReleased) throw new SocketError(this.#what, 'closed')
      const count = this.stream.write(bytes.subarray(done))
      done += count
      if (count === 0) await this.progress()
    }
  }

  /** At least one byte and at most `limit`, as a copy; `null` at the end of the peer's stream. */
  async read(limit = 65_536): Promise<Uint8Array | null> {
    for (;;) {
      const window = this.stream.readWindow(limit)
      if (window.length > 0) {
        const bytes = new Uint8Array(window)
        this.stream.consume(window.length)
        return bytes
      }
      if (this.stream.finished) return null
      this.#throwIfFailed()
      if (this.stream.closedReason !== undefined) return null
      await this.progress()
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.read(); bytes !== null; bytes = await this.read()) yield bytes
  }

  /** Ends our side of the stream; the peer sees it after everything that was written. */
  close(): void {
    this.stream.close()
  }

  /** Ends the connection at once with a reset, and gives it up: what arrived and was not read is lost. */
  abort(): void {
    if (this.stream.closedReason === undefined) this.stream.abort()
    this.#port.release(this.stream)
    this.stream.end(UpcallError.reset)
    this.onProgress()
  }

  /**
   * Resolves when the connection is over; throws SocketError when it did not end in order. What arrived and
   * was not read can still be read, and keeps the connection's buffers until it is, or until `finish`.
   */
  async closed(): Promise<void> {
    while (this.stream.closedReason === undefined) await this.progress()
    this.#throwIfFailed()
  }

  /**
   * Closes, and gives the buffers back without waiting for what else the peer may send. If something that it
   * sent was not read, the connection is reset instead: the peer has to know (RFC 1122 section 4.2.2.13).
   */
  finish(): void {
    this.#port.release(this.stream)
  }

  #releaseIfOver(): void {
    if (this.#isClaimed && this.stream.isOver) this.#port.release(this.stream)
  }

  #throwIfFailed(): void {
    const reason = this.stream.closedReason
    if (reason !== undefined && reason !== 0) throw SocketError.fromUpcall(this.#what, reason)
  }
}
