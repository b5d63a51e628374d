/**
 * One end of one connection that keeps to a plan: how many bytes each way, who closes first, and whether something goes
 * wrong on purpose. Every byte that arrives is compared with what the other end must have sent.
 */
import type { Endpoint } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'

export interface SessionPlan {
  /** Names the connection: its first byte on the wire. 0 … 255. */
  readonly number: number
  /** Bytes from the connecting end, at least 1, and from the accepting end. */
  readonly upBytes: number
  readonly downBytes: number
  /** Who closes as soon as all is written; the other end waits for that. */
  readonly closesFirst: 'connecting' | 'accepting' | 'both'
  /** The accepting end sends back what it gets, `upBytes` in all. */
  readonly echoes?: boolean
  /** The connecting end resets the connection once it has written so many bytes. */
  readonly abortsAt?: number
  /** The accepting end reads nothing before this time, microseconds. */
  readonly readsFromMicros?: number
}

export type Side = 'connecting' | 'accepting'

const abortReason = 2

export class ScriptedSession {
  readonly plan: SessionPlan
  readonly #stream: Stream
  readonly #side: Side
  readonly #endpoint: Endpoint
  #isClosed = false
  #isReleased = false
  failure: string | undefined

  constructor(plan: SessionPlan, side: Side, stream: Stream, endpoint: Endpoint) {
    this.plan = plan
    this.#side = side
    this.#stream = stream
    this.#endpoint = endpoint
  }

  /** The end came, and it was the one that was planned. */
  get isDone(): boolean {
    return this.#isReleased
  }

  get #sendBytes(): number {
    const { upBytes, downBytes, echoes } = this.plan
    return this.#side === 'connecting' || echoes ? upBytes : downBytes
  }

  get #receiveBytes(): number {
    const { upBytes, downBytes, echoes } = this.plan
    return this.#side === 'accepting' || echoes ? upBytes : downBytes
  }

  /** Reads, writes and closes what it may, at most `piece` bytes each; returns whether it did anything. */
  step(nowMicros: number, piece: number): boolean {
    if (this.#isReleased || this.failure !== undefined) return false
    const read = this.#read(nowMicros, piece)
    const wrote = this.#write(piece)
    return this.#close() || this.#release() || read + wrote > 0
  }

  #read(nowMicros: number, piece: number): number {
    const stream = this.#stream
    const { echoes, readsFromMicros = 0 } = this.plan
    if (this.#side === 'accepting' && nowMicros < readsFromMicros) return 0
    // What is echoed has to go somewhere first.
    const room = this.#side === 'accepting' && echoes ? stream.writableBytes : piece
    const window = stream.readWindow(Math.min(piece, room))
    for (let k = 0; k < window.length; k++) {
      if (window[k] === this.#byteAt(stream.consumed + k, this.#isFromConnecting(false))) continue
      this.failure ??= `connection ${this.plan.number}: wrong byte at ${stream.consumed + k}`
      return 0
    }
    if (this.#side === 'accepting' && echoes) this.#put(window.length)
    stream.consume(window.length)
    return window.length
  }

  #write(piece: number): number {
    if (this.#side === 'accepting' && this.plan.echoes) return 0
    const limit = this.#side === 'connecting' ? (this.plan.abortsAt ?? this.#sendBytes) : this.#sendBytes
    return this.#put(Math.min(piece, limit - this.#stream.written))
  }

  /** Writes the next bytes of the stream, as many as fit in one piece. */
  #put(count: number): number {
    const stream = this.#stream
    let done = 0
    while (done < count) {
      const window = stream.writeWindow(count - done)
      if (window.length === 0) break
      for (let k = 0; k < window.length; k++) {
        window[k] = this.#byteAt(stream.written + k, this.#isFromConnecting(true))
      }
      stream.commitWrite(window.length)
      done += window.length
    }
    return done
  }

  #close(): boolean {
    if (this.#isClosed) return false
    const { abortsAt, closesFirst } = this.plan
    const stream = this.#stream
    if (this.#side === 'connecting' && abortsAt !== undefined) {
      if (stream.written < abortsAt) return false
      stream.abort()
    } else {
      if (stream.written < this.#sendBytes) return false
      const mayBeFirst = closesFirst === 'both' || closesFirst === this.#side
      if (!mayBeFirst && !stream.finished) return false
      stream.close()
    }
    this.#isClosed = true
    return true
  }

  #release(): boolean {
    const { closedReason, finished, readableBytes, consumed, written } = this.#stream
    if (closedReason === undefined) return false
    if (this.plan.abortsAt !== undefined) {
      if (closedReason !== abortReason) this.#fail(`closed for reason ${closedReason} instead of a reset`)
    } else if (closedReason !== 0) this.#fail(`ended for reason ${closedReason}`)
    else if (readableBytes > 0) return false
    else if (!finished || consumed !== this.#receiveBytes || written !== this.#sendBytes) {
      this.#fail(`closed after ${consumed} bytes in and ${written} out`)
    }
    this.#endpoint.release(this.#stream)
    this.#isReleased = true
    return true
  }

  #fail(what: string): void {
    this.failure ??= `connection ${this.plan.number}, ${this.#side}: ${what}`
  }

  #isFromConnecting(isOutgoing: boolean): boolean {
    return this.plan.echoes === true || (this.#side === 'connecting') === isOutgoing
  }

  /** Position 0 of what the connecting end sends is the connection's number. */
  #byteAt(position: number, isFromConnecting: boolean): number {
    const { number } = this.plan
    if (position === 0 && isFromConnecting) return number
    const seed = number * 2 + (isFromConnecting ? 1 : 0)
    return (Math.imul(position ^ Math.imul(seed + 1, 0x85ebca6b), 0x9e3779b1) >>> 13) & 0xff
  }
}
