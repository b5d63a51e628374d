/**
 * Where the application meets the stack: it posts requests to a mailbox and takes upcalls from the outbox, in
 * the one order that the protocol machine gave them. Synchronous and free of promises, so that the simulator
 * can drive an application in virtual time; `stack.ts` puts the asynchronous interface on top.
 *
 * Called by the application's thread only.
 */
import { Upcall } from '../protocol/actions.ts'
import { Request } from '../protocol/requests.ts'
import type { ApplicationEnds } from '../strategy/running-stack.ts'
import { UpcallRecord } from '../strategy/upcall-record.ts'
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
}

export class Endpoint {
  readonly #parts: ApplicationEnds
  readonly #handler: EndpointHandler
  readonly #streams = new Map<number, Stream>()
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

  /** Forgets the stream and gives its buffers back to the stack. */
  release(stream: Stream): void {
    if (this.#streams.delete(stream.id)) stream.release()
  }

  /** Whether something is owed that no upcall will announce: look again soon. */
  get needsPolling(): boolean {
    if (this.#waiting.length > 0) return true
    for (const stream of this.#streams.values()) if (stream.isFreeing) return true
    return false
  }

  /** Takes the upcalls that are at hand, at most `limit`; returns how many. */
  poll(limit: number): number {
    this.#flush()
    this.#free()
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

  /** Room that a replica held up, and that no upcall will announce again. */
  #free(): void {
    for (const stream of this.#streams.values()) {
      if (stream.isFreeing && stream.free()) this.#handler.onProgress(stream)
    }
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
    else if (kind === Upcall.acknowledged) stream.onAcknowledged(first, index)
    else if (kind === Upcall.finished) stream.finished = true
    else if (kind === Upcall.closed) stream.closedReason = first
    this.#handler.onProgress(stream)
  }

  #open(id: number, remoteAddress: number, remotePort: number): Stream {
    const { region, buffers, hasPassed } = this.#parts
    const port = {
      post: (kind: number, connection: number, position: number) =>
        this.#post(kind, connection, position, 0, 0),
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
