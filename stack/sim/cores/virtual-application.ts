/**
 * The application of a stack on virtual cores: connects, and keeps the send ring full; like a bulk sender that rests
 * for some milliseconds after it handled upcalls.
 */
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { bulkRestMillis } from './bulk-rest.ts'
import type { Steppable, VirtualThread } from './virtual-thread.ts'

/** Most bytes written in one step. */
const pieceBytes = 256 << 10
/** A timer is late by some 60 µs. */
const restNanos = bulkRestMillis * 1e6 + 60e3
const lookNanos = 50e3
const upcallLimit = 4096

export class VirtualApplication implements Steppable, EndpointHandler {
  readonly #byteNanos: number
  #stream: Stream | undefined
  #room = 0
  failure: string | undefined
  endpoint: Endpoint | undefined

  constructor(byteNanos: number) {
    this.#byteNanos = byteNanos
  }

  step(thread: VirtualThread): void {
    if (this.#write(thread)) return
    const upcalls = this.endpoint?.poll(upcallLimit) ?? 0
    this.#room = this.#stream?.writableBytes ?? 0
    if (this.#room === 0 || upcalls === 0) thread.sleep(upcalls > 0 ? restNanos : lookNanos)
  }

  onListening(): void {}
  onAccepted(): void {}
  onProgress(): void {}

  onConnected(stream: Stream): void {
    this.#stream = stream
  }

  onConnectFailed(_cookie: number, error: number): void {
    this.failure = `connect failed: ${error}`
  }

  /** Fills a piece of the room found at the last look; when all is filled, rests. */
  #write(thread: VirtualThread): boolean {
    const stream = this.#stream
    if (stream === undefined || this.#room <= 0) return false
    const window = stream.writeWindow(Math.min(this.#room, pieceBytes))
    this.#room -= window.length
    if (window.length === 0) this.#room = 0
    thread.spend(window.length * this.#byteNanos)
    stream.commitWrite(window.length)
    if (this.#room <= 0) thread.sleep(restNanos)
    return true
  }
}
