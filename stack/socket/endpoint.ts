/**
 * Where the application meets the stack: it posts requests to a mailbox and takes upcalls from the outbox, in
 * the one order that the protocol machine gave them. Synchronous and free of promises, so that the simulator
 * can drive an application in virtual time; `stack.ts` puts the asynchronous interface on top.
 *
 * A stream is known here from the upcall that announces it until `drained`, which follows its release. Its
 * index is free for another connection only when no thread has anything in hand that touches its rings.
 * Deliveries are done by then, since upcalls are seen in order; segments are once every thread has passed the
 * request that brought `drained`.
 *
 * Called by the application's thread only. Invariant: every stream that is announced is released at most
 * once, and freed once after that.
 */
import { Upcall } from '../protocol/actions.ts'
import { Request } from '../protocol/requests.ts'
import { UpcallRecord } from '../strategy/layout/upcall-record.ts'
import type { ApplicationEnds } from '../strategy/running/running-stack.ts'
import { assertPort } from './ports.ts'
import { Stream } from './stream.ts'

/** What the application is told; every method is called from `poll`. */
export interface EndpointHandler {
  onListening(cookie: number, error: number): void
  onAccepted(stream: Stream, localPort: number): void
  onConnected(stream: Stream, cookie: number): void
  onConnectFailed(cookie: number, error: number): void
  /** More to read, more room to write, the peer's end of stream, or the end of the connection. */
  onProgress(stream: Stream): void
  /** The stream was released, and nothing more will be heard of it. */
  onGone?(stream: Stream): void
}

/** A connection whose index waits for the threads. */
interface Drained {
  readonly id: number
  /** Channel index of the request that emitted its last action. */
  readonly index: number
}

export class Endpoint {
  readonly #parts: ApplicationEnds
  readonly #handler: EndpointHandler
  readonly #streams = new Map<number, Stream>()
  /** Streams with acknowledged room that a thread may still read. */
  readonly #freeing = new Set<Stream>()
  /** In the order of their upcalls. */
  readonly #drained: Drained[] = []
  /** Requests that found the mailbox full, oldest first: kind and three arguments each. */
  readonly #waiting: [number, number, number, number, number][] = []

  constructor(parts: ApplicationEnds, handler: EndpointHandler) {
    this.#parts = parts
    this.#handler = handler
  }

  /** Throws RangeError for a port that there is not. */
  listen(cookie: number, port: number, backlog: number): void {
    assertPort('port', port)
    this.#post(Request.listen, cookie, port, backlog, 0)
  }

  unlisten(cookie: number, port: number): void {
    this.#post(Request.unlisten, cookie, port, 0, 0)
  }

  /** Local port 0: any. Throws RangeError for a port that there is not. */
  connect(cookie: number, remoteAddress: number, remotePort: number, localPort: number): void {
    assertPort('port', remotePort)
    if (localPort !== 0) assertPort('localPort', localPort)
    this.#post(Request.connect, cookie, remoteAddress, remotePort, localPort)
  }

  /** The application took a stream that was accepted: it counts no more against the listener's backlog. */
  accept(stream: Stream): void {
    this.#post(Request.accept, stream.id, 0, 0, 0)
  }

  /** Gives the stream's buffers back to the stack; nothing can be read or written any more. */
  release(stream: Stream): void {
    this.#freeing.delete(stream)
    stream.release()
  }

  /** Whether something will become possible that no upcall announces (mail, room, an index): poll again soon. */
  get needsPolling(): boolean {
    return this.#waiting.length > 0 || this.#freeing.size > 0 || this.#drained.length > 0
  }

  /** Takes the upcalls that are at hand, at most `limit`; returns how many. */
  poll(limit: number): number {
    this.#flush()
    this.#freeRoom()
    this.#freeIndexes()
    const { outbox, region } = this.#parts
    let taken = 0
    while (taken < limit) {
      const at = outbox.peek()
      if (at < 0) break
      this.#take(region.words, at)
      outbox.advance()
      taken += 1
    }
    return taken
  }

  /** Frees room in send rings that a slow thread held up: no upcall announces it a second time. */
  #freeRoom(): void {
    for (const stream of this.#freeing) {
      const hasMore = stream.free()
      if (!stream.isFreeing) this.#freeing.delete(stream)
      if (hasMore) this.#handler.onProgress(stream)
    }
  }

  /** The first drained is the first that all threads pass, so the loop ends at the first that is not passed. */
  #freeIndexes(): void {
    const drained = this.#drained
    let count = 0
    while (count < drained.length) {
      const { id, index } = drained[count] as Drained
      if (!this.#parts.hasPassed(index)) break
      this.#post(Request.free, id, 0, 0, 0)
      count += 1
    }
    if (count > 0) drained.splice(0, count)
  }

  #take(words: Int32Array, at: number): void {
    const kind = words[at + UpcallRecord.kind] as number
    const id = words[at + UpcallRecord.connection] as number
    const first = words[at + UpcallRecord.first] as number
    const second = words[at + UpcallRecord.second] as number
    const third = words[at + UpcallRecord.third] as number
    const index = words[at + UpcallRecord.requestIndex] as number
    switch (kind) {
      case Upcall.listening:
        this.#handler.onListening(first, second)
        return
      case Upcall.accepted:
        this.#handler.onAccepted(this.#open(id, second, third), first)
        return
      case Upcall.connected:
        this.#handler.onConnected(this.#open(id, second, third), first)
        return
      case Upcall.connectFailed:
        this.#handler.onConnectFailed(first, second)
        return
    }
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    if (kind === Upcall.readable) stream.onReadable(first)
    else if (kind === Upcall.acknowledged) this.#onAcknowledged(stream, first, index)
    else if (kind === Upcall.finished) stream.finished = true
    else if (kind === Upcall.closed) stream.end(first)
    else if (kind === Upcall.drained) {
      this.#onDrained(stream, index)
      return
    }
    this.#handler.onProgress(stream)
  }

  #onAcknowledged(stream: Stream, position: number, index: number): void {
    stream.onAcknowledged(position, index)
    if (stream.isFreeing && !stream.isReleased) this.#freeing.add(stream)
  }

  #onDrained(stream: Stream, index: number): void {
    this.#streams.delete(stream.id)
    this.#drained.push({ id: stream.id, index })
    this.#freeIndexes()
    this.#handler.onGone?.(stream)
  }

  #open(id: number, remoteAddress: number, remotePort: number): Stream {
    const { region, buffers, hasPassed } = this.#parts
    const port = {
      post: (kind: number, connection: number, position: number, consumed = 0) =>
        this.#post(kind, connection, position, consumed, 0),
      hasPassed,
    }
    const stream = new Stream(region, buffers, port, { id, index: id & 0xffff, remoteAddress, remotePort })
    this.#streams.set(id, stream)
    return stream
  }

  #post(kind: number, first: number, second: number, third: number, fourth: number): void {
    if (this.#waiting.length > 0 || !this.#tryPost(kind, first, second, third, fourth)) {
      this.#waiting.push([kind, first, second, third, fourth])
      return
    }
    this.#parts.wake()
  }

  #flush(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0] as [number, number, number, number, number]
      if (!this.#tryPost(...next)) return
      this.#waiting.shift()
      this.#parts.wake()
    }
  }

  #tryPost(kind: number, first: number, second: number, third: number, fourth: number): boolean {
    return this.#parts.mailbox.tryPost(kind, first, second, third, fourth)
  }
}
