/**
 * The two ends of a connection in memory, with as much room each way as a small send ring has. Bytes that an end has
 * read count as acknowledged to the other. Never imported by anything but tests.
 */

import type { Carrier } from '../duplex.ts'
import { SocketError } from '../errors.ts'

const roomBytes = 4096

/** One direction. */
class Pipe {
  readonly #pieces: Uint8Array[] = []
  #waiters: (() => void)[] = []
  #waiting = 0
  read = 0
  isEnded = false
  isReset = false

  get room(): number {
    return roomBytes - this.#waiting
  }

  put(bytes: Uint8Array): number {
    this.#pieces.push(bytes.slice())
    this.#waiting += bytes.length
    this.change()
    return bytes.length
  }

  take(limit: number): Uint8Array | undefined {
    const first = this.#pieces.shift()
    if (first === undefined) return undefined
    if (first.length > limit) this.#pieces.unshift(first.subarray(limit))
    const bytes = first.subarray(0, limit)
    this.#waiting -= bytes.length
    this.read += bytes.length
    this.change()
    return bytes
  }

  change(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }
}

export class MemoryCarrier implements Carrier {
  readonly #out: Pipe
  readonly #in: Pipe
  isReleased = false
  readonly stream: Carrier['stream']

  constructor(out: Pipe, into: Pipe) {
    this.#out = out
    this.#in = into
    this.stream = {
      get acknowledged() {
        return out.read
      },
      get writableBytes() {
        return into.isReset ? 0 : out.room
      },
      closedReason: undefined,
      write: (bytes) => out.put(bytes),
    }
  }

  static pair(): [MemoryCarrier, MemoryCarrier] {
    const [one, other] = [new Pipe(), new Pipe()]
    return [new MemoryCarrier(one, other), new MemoryCarrier(other, one)]
  }

  /** The other end has reset the connection. */
  get isReset(): boolean {
    return this.#in.isReset
  }

  async read(limit: number = roomBytes): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#in.isReset) throw new SocketError('connection', 'reset')
      const bytes = this.#in.take(limit)
      if (bytes !== undefined) return bytes
      if (this.#in.isEnded) return null
      await this.#in.changed()
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      if (this.#in.isReset) throw new SocketError('connection', 'reset')
      const piece = bytes.subarray(done, done + this.#out.room)
      if (piece.length > 0) this.#out.put(piece)
      else await this.#out.changed()
      done += piece.length
    }
  }

  close(): void {
    this.#out.isEnded = true
    this.#out.change()
  }

  finish(): void {
    this.isReleased = true
    this.close()
  }

  abort(): void {
    this.isReleased = true
    this.#out.isReset = true
    this.#out.change()
    this.#in.change()
  }
}
