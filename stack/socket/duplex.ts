/**
 * A connection as a Node stream, for libraries that work over sockets: `http.Server` takes one by its event
 * `connection`.
 *
 *     const server = http.createServer(answer)
 *     for await (const connection of listener) server.emit('connection', new ConnectionDuplex(connection))
 *
 * Besides a stream's methods it has those of a `net.Socket` that such libraries call: `setTimeout` and `destroySoon`.
 * Destroyed with nothing left to be handed over, it closes in order, as a kernel's socket does; else it resets the
 * connection. Application's thread only. Invariant: at most one read and one write of the connection are under way.
 */
import { Duplex } from 'node:stream'
import type { Connection } from './connection.ts'
import type { Stream } from './stream.ts'

/** Most bytes of one read. */
const readBytes = 65_536

type Done = (error?: Error | null) => void

/** What is used of a connection. */
export type Carrier = Pick<Connection, 'read' | 'write' | 'close' | 'finish' | 'abort'> & {
  readonly stream: Pick<Stream, 'acknowledged' | 'closedReason' | 'writableBytes' | 'write'>
}

export class ConnectionDuplex extends Duplex {
  readonly #connection: Carrier
  #timer: NodeJS.Timeout | undefined
  /** Bytes that the peer had acknowledged when the timer was armed. */
  #acknowledged = 0

  constructor(connection: Carrier) {
    super({ readableHighWaterMark: readBytes, writableHighWaterMark: readBytes })
    this.#connection = connection
  }

  /**
   * Emits `timeout` after this time in which nothing was read or written and the peer acknowledged nothing; 0: never.
   * As in Node, what becomes of the connection is for the listener to decide.
   */
  setTimeout(millis: number, onTimeout?: () => void): this {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (onTimeout !== undefined) this.once('timeout', onTimeout)
    if (millis > 0 && !this.destroyed) {
      this.#acknowledged = this.#connection.stream.acknowledged
      this.#timer = setTimeout(() => this.#expire(), millis).unref()
    }
    return this
  }

  /** Ends the stream once all that was written has been handed over. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  override _read(): void {
    this.#connection.read(readBytes).then(
      (bytes) => {
        this.#timer?.refresh()
        this.push(bytes)
      },
      (error: Error) => this.destroy(error),
    )
  }

  /** At once if there is room: who writes a last word and destroys then, as `http.Server` does, has it delivered. */
  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    const { stream } = this.#connection
    this.#timer?.refresh()
    if (stream.closedReason === undefined && stream.writableBytes >= bytes.length) {
      stream.write(bytes)
      done()
      return
    }
    this.#connection.write(bytes).then(
      () => done(),
      (error: Error) => done(error),
    )
  }

  /** What was written while an earlier write waited goes to the stack as one. */
  override _writev(pieces: readonly { readonly chunk: Uint8Array }[], done: Done): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), 'buffer', done)
  }

  override _final(done: Done): void {
    this.#connection.close()
    done()
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#timer)
    if (this.writableLength === 0) this.#connection.finish()
    else this.#connection.abort()
    done(error)
  }

  /** A peer that acknowledges takes its time, but is not idle. */
  #expire(): void {
    const { acknowledged } = this.#connection.stream
    if (acknowledged === this.#acknowledged) {
      this.emit('timeout')
      return
    }
    this.#acknowledged = acknowledged
    this.#timer?.refresh()
  }
}
