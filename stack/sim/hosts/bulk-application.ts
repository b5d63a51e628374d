/**
 * An application of a simulated host: opens or accepts one connection, writes a seeded stream in pieces of random
 * size, compares every byte it receives, closes, and knows when all is done.
 */

import { Random } from '../../device/random.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'

export interface BulkPlan {
  /** Bytes to write before closing. */
  readonly sendBytes: number
  /** Bytes that the other end will write. */
  readonly receiveBytes: number
  /** Seeds of the two streams' contents. */
  readonly sendSeed: number
  readonly receiveSeed: number
  /** Seeds sizes and pauses of reading and writing. */
  readonly seed: number
}

const largestPiece = 20_000

export class BulkApplication implements EndpointHandler {
  readonly #plan: BulkPlan
  readonly #random: Random
  readonly #outgoing: ByteSequence
  readonly #incoming: ByteSequence
  #endpoint: Endpoint | undefined
  #stream: Stream | undefined
  #isClosed = false
  /** Why this application cannot reach its end; undefined as long as it may. */
  failure: string | undefined

  constructor(plan: BulkPlan) {
    this.#plan = plan
    this.#random = new Random(plan.seed)
    this.#outgoing = new ByteSequence(plan.sendSeed)
    this.#incoming = new ByteSequence(plan.receiveSeed)
  }

  listen(endpoint: Endpoint, port: number): void {
    this.#endpoint = endpoint
    endpoint.listen(1, port, 4)
  }

  connect(endpoint: Endpoint, address: number, port: number): void {
    this.#endpoint = endpoint
    endpoint.connect(1, mapIpv4(address), port, 0)
  }

  /** All bytes written, acknowledged and received, and the connection closed in order at this end. */
  get isDone(): boolean {
    const stream = this.#stream
    return (
      stream !== undefined &&
      stream.closedReason === 0 &&
      stream.consumed === this.#plan.receiveBytes &&
      stream.written === this.#plan.sendBytes
    )
  }

  /** Takes upcalls, reads and writes a random share of what it could; returns whether it did anything. */
  step(): boolean {
    const upcalls = this.#endpoint?.poll(16) ?? 0
    const stream = this.#stream
    if (stream === undefined || this.failure !== undefined) return upcalls > 0
    const read = this.#read(stream)
    const wrote = this.#write(stream)
    return upcalls + read + wrote > 0
  }

  onListening(_cookie: number, error: number): void {
    if (error !== 0) this.failure = `listen failed: ${error}`
  }

  onAccepted(stream: Stream): void {
    this.#stream = stream
  }

  onConnected(stream: Stream): void {
    this.#stream = stream
  }

  onConnectFailed(_cookie: number, error: number): void {
    this.failure = `connect failed: ${error}`
  }

  onProgress(stream: Stream): void {
    if (stream.closedReason !== undefined && stream.closedReason !== 0) {
      this.failure = `connection ended: ${stream.closedReason}`
    }
  }

  #read(stream: Stream): number {
    const window = stream.readWindow(this.#pieceBytes())
    for (const byte of window) {
      if (byte !== this.#incoming.next()) {
        this.failure ??= `a wrong byte at or after position ${stream.consumed}`
        return 0
      }
    }
    stream.consume(window.length)
    if (stream.consumed > this.#plan.receiveBytes) this.failure = 'more bytes than were sent'
    if (stream.finished && stream.readableBytes === 0 && stream.consumed !== this.#plan.receiveBytes) {
      this.failure = `the stream ended after ${stream.consumed} bytes`
    }
    return window.length
  }

  #write(stream: Stream): number {
    const left = this.#plan.sendBytes - stream.written
    const window = stream.writeWindow(Math.min(left, this.#pieceBytes()))
    for (let k = 0; k < window.length; k++) window[k] = this.#outgoing.next()
    stream.commitWrite(window.length)
    if (stream.written === this.#plan.sendBytes && !this.#isClosed) {
      this.#isClosed = true
      stream.close()
      return 1
    }
    return window.length
  }

  #pieceBytes(): number {
    return (this.#random.next() >>> 0) % largestPiece
  }
}

/** A stream of random bytes that both ends can make from one seed. */
class ByteSequence {
  readonly #random: Random
  #word = 0
  #left = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  next(): number {
    if (this.#left === 0) {
      this.#word = this.#random.next()
      this.#left = 4
    }
    const byte = this.#word & 0xff
    this.#word >>>= 8
    this.#left -= 1
    return byte
  }
}
