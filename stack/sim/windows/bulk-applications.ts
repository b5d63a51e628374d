/**
 * The applications at both ends of a simulated bulk transfer: one connects, writes a pattern and closes; the other compares
 * every byte. Each belongs to a host in virtual time.
 */
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { type IpAddress, mapIpv4 } from '../../wire/address.ts'

const upcallLimit = 64
const pieceBytes = 1 << 16

/** The byte at a position of the stream. */
export function patternAt(position: number): number {
  return (position ^ (position >>> 8) ^ (position >>> 16)) & 0xff
}

abstract class BulkApplication implements EndpointHandler {
  protected stream: Stream | undefined
  failure: string | undefined
  endpoint: Endpoint | undefined

  step(): boolean {
    const upcalls = this.endpoint?.poll(upcallLimit) ?? 0
    const moved = this.stream === undefined ? 0 : this.move(this.stream)
    return upcalls + moved > 0
  }

  /** Reads or writes what it can; returns how much it did. */
  protected abstract move(stream: Stream): number

  onListening(_cookie: number, error: number): void {
    if (error !== 0) this.failure = `listening failed: ${error}`
  }

  onConnected(stream: Stream): void {
    this.stream = stream
  }

  onAccepted(stream: Stream): void {
    this.stream = stream
  }

  onConnectFailed(_cookie: number, error: number): void {
    this.failure = `connecting failed: ${error}`
  }

  onProgress(): void {}
}

export class BulkSender extends BulkApplication {
  readonly #bytes: number
  #isClosed = false

  constructor(bytes: number) {
    super()
    this.#bytes = bytes
  }

  connect(address: number, port: number): void {
    const to: IpAddress = mapIpv4(address)
    this.endpoint?.connect(1, to, port, 0)
  }

  /** Whether the peer has acknowledged everything. */
  get isDone(): boolean {
    return this.stream?.acknowledged === this.#bytes
  }

  protected move(stream: Stream): number {
    if (this.#isClosed) return 0
    const window = stream.writeWindow(Math.min(pieceBytes, this.#bytes - stream.written))
    for (let k = 0; k < window.length; k++) window[k] = patternAt(stream.written + k)
    stream.commitWrite(window.length)
    if (stream.written === this.#bytes) {
      stream.close()
      this.#isClosed = true
    }
    return window.length
  }
}

export class BulkReceiver extends BulkApplication {
  /** Bytes that arrived as they were sent. */
  verified = 0

  get received(): number {
    return this.stream?.consumed ?? 0
  }

  get isDone(): boolean {
    return this.stream?.finished === true && this.stream.readableBytes === 0
  }

  protected move(stream: Stream): number {
    const window = stream.readWindow(pieceBytes)
    for (let k = 0; k < window.length; k++) {
      if (window[k] === patternAt(stream.consumed + k)) this.verified += 1
    }
    stream.consume(window.length)
    return window.length
  }
}
