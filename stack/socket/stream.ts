/**
 * The application's side of one connection: how far it wrote, how far the peer acknowledged, how far it may
 * read. Bytes are copied to and from the rings in the region; requests go out through the endpoint.
 *
 * Called by the application's thread only. Positions are exact integers counted from the first payload byte;
 * on the way to the protocol machine they are cut to 32 bits.
 */

import type { Region } from '../dominoes/memory/region.ts'
import { Request } from '../protocol/requests.ts'
import { receiveRingAt, type StreamBuffers, sendRingAt } from '../strategy/layout/stream-buffers.ts'
import type { IpAddress } from '../wire/address.ts'

/** What a stream asks of its endpoint: posting requests, and knowing how far the replicas are. */
export interface StreamPort {
  post(kind: number, connection: number, position: number, consumed?: number): void
  /** Whether every replica has passed the request with this channel index. */
  hasPassed(index: number): boolean
}

export class Stream {
  /** The protocol machine's name for this connection: index and generation. */
  readonly id: number
  readonly index: number
  readonly remoteAddress: IpAddress
  readonly remotePort: number
  readonly #region: Region
  readonly #buffers: StreamBuffers
  readonly #port: StreamPort

  /** Bytes written, bytes whose room is free again, bytes readable, bytes consumed; all from the start. */
  written = 0
  freed = 0
  readable = 0
  consumed = 0
  /** The peer sent everything; `readable` is the length of its stream. */
  finished = false
  /** Nothing more comes from the protocol machine: 0 after an orderly close, else an `UpcallError`. */
  closedReason: number | undefined
  /** The buffers were given back: there is nothing to read or to write any more. */
  isReleased = false
  /** Called when the connection is over and everything was read. */
  onOver: () => void = () => {}
  #acknowledged = 0
  #pendingFree = 0
  #pendingIndex = 0
  #latestIndex = 0

  constructor(
    region: Region,
    buffers: StreamBuffers,
    port: StreamPort,
    identity: { id: number; index: number; remoteAddress: IpAddress; remotePort: number },
  ) {
    this.#region = region
    this.#buffers = buffers
    this.#port = port
    this.id = identity.id
    this.index = identity.index
    this.remoteAddress = identity.remoteAddress
    this.remotePort = identity.remotePort
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  get writableBytes(): number {
    if (this.isReleased) return 0
    this.free()
    return this.#buffers.sendBytes - (this.written - this.freed)
  }

  get readableBytes(): number {
    return this.isReleased ? 0 : this.readable - this.consumed
  }

  /** The connection is over, and nothing is left to be read. */
  get isOver(): boolean {
    return this.closedReason !== undefined && this.readableBytes === 0
  }

  /** Whether acknowledged room waits for a replica that is behind: call `free` again soon. */
  get isFreeing(): boolean {
    return this.freed < this.#acknowledged
  }

  /** Copies as much of `bytes` as there is room for and hands it to the protocol; returns how much, in bytes. */
  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.writableBytes)
    let done = 0
    while (done < count) {
      const window = this.#window(
        sendRingAt(this.#buffers, this.index),
        this.#buffers.sendBytes,
        this.written + done,
        count - done,
      )
      window.set(bytes.subarray(done, done + window.length))
      done += window.length
    }
    this.commitWrite(count)
    return count
  }

  /**
   * The contiguous free room at the write position, at most `limit` bytes, to be filled in place and handed
   * over with `commitWrite`. Empty when the ring is full.
   */
  writeWindow(limit: number): Uint8Array {
    const room = Math.min(limit, this.writableBytes)
    return this.#window(sendRingAt(this.#buffers, this.index), this.#buffers.sendBytes, this.written, room)
  }

  commitWrite(count: number): void {
    if (count === 0) return
    this.written += count
    this.#port.post(Request.send, this.id, this.written | 0)
  }

  /** The contiguous readable bytes, at most `limit`; valid until `consume`. */
  readWindow(limit: number): Uint8Array {
    const size = Math.min(limit, this.readableBytes)
    return this.#window(
      receiveRingAt(this.#buffers, this.index),
      this.#buffers.receiveBytes,
      this.consumed,
      size,
    )
  }

  /** Gives `count` bytes of the receive ring back. */
  consume(count: number): void {
    if (count === 0) return
    this.consumed += count
    this.#port.post(Request.read, this.id, this.consumed | 0)
    if (this.isOver) this.onOver()
  }

  /** No more bytes will be written; the peer sees the end of the stream after what was. */
  close(): void {
    this.#port.post(Request.close, this.id, this.written | 0)
  }

  abort(): void {
    this.#port.post(Request.abort, this.id, 0)
  }

  /** Gives the connection's buffers back, and closes it if it is open. Does nothing the second time. */
  release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.#port.post(Request.release, this.id, this.written | 0, this.consumed | 0)
  }

  /** Nothing more comes from the protocol machine. What arrived before can still be read. */
  end(reason: number): void {
    if (this.closedReason !== undefined) return
    this.closedReason = reason
    if (this.isOver) this.onOver()
  }

  /** An upcall said that bytes up to `position` are in the receive ring. */
  onReadable(position: number): void {
    this.readable = advance(this.readable, position)
  }

  onAcknowledged(position: number, index: number): void {
    this.#acknowledged = advance(this.#acknowledged, position)
    this.#latestIndex = index
    this.free()
  }

  /**
   * Room is reused only after every replica has passed all requests before the acknowledging one: until then
   * a replica that is behind may still transmit these bytes. The acknowledging request itself need not be
   * passed: it transmits only later bytes, and perhaps many. This waits for one acknowledgment at a time, and
   * newer ones merge. Returns whether there is more room than before.
   */
  free(): boolean {
    const before = this.freed
    while (this.freed < this.#acknowledged) {
      if (this.#pendingFree === this.freed) {
        this.#pendingFree = this.#acknowledged
        this.#pendingIndex = this.#latestIndex
      }
      if (!this.#port.hasPassed((this.#pendingIndex - 1) | 0)) break
      this.freed = this.#pendingFree
    }
    return this.freed > before
  }

  #window(ringAt: number, ringBytes: number, position: number, limit: number): Uint8Array {
    const offset = position % ringBytes
    const length = Math.min(limit, ringBytes - offset)
    return this.#region.bytes.subarray(ringAt + offset, ringAt + offset + length)
  }
}

/** The exact position at or after `exact` whose low 32 bits are `low`. */
function advance(exact: number, low: number): number {
  const step = (low - (exact | 0)) | 0
  return step > 0 ? exact + step : exact
}
