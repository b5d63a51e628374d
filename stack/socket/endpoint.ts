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
import { isDatagramUpcall, Upcall, UpcallRecord } from '../protocol/actions.ts'
import { ConnectArgument, ListenArgument, MailWord, Request, StreamArgument } from '../protocol/requests.ts'
import type { ApplicationEnds } from '../strategy/running/running-stack.ts'
import { type IpAddress, readAddress, writeAddress } from '../wire/address.ts'
import { DatagramEndpoint, type DatagramHandler, noSockets } from './datagram-endpoint.ts'
import { assertPort } from './ports.ts'
import { RequestPoster } from './request-poster.ts'
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
  readonly #poster: RequestPoster
  /** The UDP sockets. */
  readonly datagrams: DatagramEndpoint

  /** `datagramHandler`: of an application that has UDP sockets. */
  constructor(
    parts: ApplicationEnds,
    handler: EndpointHandler,
    datagramHandler: DatagramHandler = noSockets,
  ) {
    this.#parts = parts
    this.#handler = handler
    this.#poster = new RequestPoster(parts)
    this.datagrams = new DatagramEndpoint(parts, this.#poster, datagramHandler)
  }

  /** Throws RangeError for a port that there is not. */
  listen(cookie: number, port: number, backlog: number): void {
    assertPort('port', port)
    this.#listener(Request.listen, cookie, port, backlog)
  }

  unlisten(cookie: number, port: number): void {
    this.#listener(Request.unlisten, cookie, port, 0)
  }

  /** Local port 0: any. Throws RangeError for a port that there is not. */
  connect(cookie: number, remoteAddress: IpAddress, remotePort: number, localPort: number): void {
    assertPort('port', remotePort)
    if (localPort !== 0) assertPort('localPort', localPort)
    const mail = this.#poster.open(Request.connect)
    mail[MailWord.arguments + ConnectArgument.cookie] = cookie
    writeAddress(mail, MailWord.arguments + ConnectArgument.remoteAddress, remoteAddress)
    mail[MailWord.arguments + ConnectArgument.remotePort] = remotePort
    mail[MailWord.arguments + ConnectArgument.localPort] = localPort
    this.#poster.post()
  }

  /** The application took a stream that was accepted: it counts no more against the listener's backlog. */
  accept(stream: Stream): void {
    this.#ofStream(Request.accept, stream.id)
  }

  /** Gives the stream's buffers back to the stack; nothing can be read or written any more. */
  release(stream: Stream): void {
    this.#freeing.delete(stream)
    stream.release()
  }

  /** Whether something will become possible that no upcall announces (mail, room, an index): poll again soon. */
  get needsPolling(): boolean {
    if (this.#poster.isBehind || this.#freeing.size > 0 || this.#drained.length > 0) return true
    return this.datagrams.needsPolling
  }

  /** Takes the upcalls that are at hand, at most `limit`; returns how many. */
  poll(limit: number): number {
    this.#poster.flush()
    this.#freeRoom()
    this.#freeIndexes()
    this.datagrams.poll()
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
      this.#ofStream(Request.free, id)
      count += 1
    }
    if (count > 0) drained.splice(0, count)
  }

  #take(words: Int32Array, at: number): void {
    const kind = words[at + UpcallRecord.upcall] as number
    if (isDatagramUpcall(kind)) {
      this.datagrams.take(words, at)
      return
    }
    const id = words[at + UpcallRecord.connection] as number
    const cookie = words[at + UpcallRecord.cookie] as number
    const error = words[at + UpcallRecord.error] as number
    const position = words[at + UpcallRecord.position] as number
    const index = words[at + UpcallRecord.requestIndex] as number
    switch (kind) {
      case Upcall.listening:
        this.#handler.onListening(cookie, error)
        return
      case Upcall.accepted:
        this.#handler.onAccepted(
          this.#openStream(words, at, id),
          words[at + UpcallRecord.localPort] as number,
        )
        return
      case Upcall.connected:
        this.#handler.onConnected(this.#openStream(words, at, id), cookie)
        return
      case Upcall.connectFailed:
        this.#handler.onConnectFailed(cookie, error)
        return
    }
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    if (kind === Upcall.readable) stream.onReadable(position)
    else if (kind === Upcall.acknowledged) this.#onAcknowledged(stream, position, index)
    else if (kind === Upcall.finished) stream.finished = true
    else if (kind === Upcall.closed) stream.end(error)
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

  #openStream(words: Int32Array, at: number, id: number): Stream {
    const { region, buffers, hasPassed } = this.#parts
    const port = {
      post: (kind: number, connection: number, position: number, consumed = 0) =>
        this.#ofStream(kind, connection, position, consumed),
      hasPassed,
    }
    const stream = new Stream(region, buffers, port, {
      id,
      index: id & 0xffff,
      remoteAddress: readAddress(words, at + UpcallRecord.remoteAddress),
      remotePort: words[at + UpcallRecord.remotePort] as number,
    })
    this.#streams.set(id, stream)
    return stream
  }

  #listener(kind: number, cookie: number, port: number, backlog: number): void {
    const mail = this.#poster.open(kind)
    mail[MailWord.arguments + ListenArgument.cookie] = cookie
    mail[MailWord.arguments + ListenArgument.port] = port
    mail[MailWord.arguments + ListenArgument.backlog] = backlog
    this.#poster.post()
  }

  #ofStream(kind: number, connection: number, position = 0, consumed = 0): void {
    const mail = this.#poster.open(kind)
    mail[MailWord.arguments + StreamArgument.connection] = connection
    mail[MailWord.arguments + StreamArgument.position] = position
    mail[MailWord.arguments + StreamArgument.consumed] = consumed
    this.#poster.post()
  }
}
