/**
 * Where the application's UDP sockets meet the stack: posts their requests, and takes their upcalls from the endpoint. As
 * for streams, it is synchronous and free of promises. A socket is known here from `datagramBound` until it is freed, which
 * waits until no thread has anything in hand that touches its rings. Application's thread only.
 */
import { Upcall, UpcallRecord } from '../protocol/actions.ts'
import { BindDatagramArgument, DatagramSocketArgument, MailWord, Request } from '../protocol/requests.ts'
import type { ApplicationEnds } from '../strategy/running/running-stack.ts'
import { type IpAddress, readAddress, writeAddress } from '../wire/address.ts'
import { DatagramPort } from './datagram-port.ts'
import { assertPort } from './ports.ts'
import type { RequestPoster } from './request-poster.ts'

export interface DatagramPeer {
  readonly address: IpAddress
  readonly port: number
}

/** What makes a socket one of a composite protocol. */
export interface CompositeBinding {
  /** MicroprotocolBit bits. */
  readonly microprotocols: number
  /** Bytes that each message takes in a buffer. */
  readonly roomBytes: number
}

/** What the application is told; every method is called from `poll`. */
export interface DatagramHandler {
  onBound(cookie: number, port: DatagramPort): void
  onBindFailed(cookie: number, error: number): void
  /** More to receive, or more room to send. */
  onDatagrams(port: DatagramPort): void
  /** A datagram to this peer did not arrive. `error`: an UpcallError. */
  onDatagramRefused(port: DatagramPort, peer: DatagramPeer, error: number): void
  /** The socket is closed, and nothing more will be heard of it. */
  onDatagramGone(port: DatagramPort): void
}

/** Of an application that opens none. */
export const noSockets: DatagramHandler = {
  onBound: () => {},
  onBindFailed: () => {},
  onDatagrams: () => {},
  onDatagramRefused: () => {},
  onDatagramGone: () => {},
}

export class DatagramEndpoint {
  readonly #ends: ApplicationEnds
  readonly #poster: RequestPoster
  readonly #handler: DatagramHandler
  readonly #ports = new Map<number, DatagramPort>()
  /** Of composites that are being bound, by cookie: the room of a message. */
  readonly #roomBytes = new Map<number, number>()
  /** Closed sockets in the order of their last upcalls, each with the channel index of the request that brought it. */
  readonly #drained: { readonly id: number; readonly index: number }[] = []

  constructor(ends: ApplicationEnds, poster: RequestPoster, handler: DatagramHandler) {
    this.#ends = ends
    this.#poster = poster
    this.#handler = handler
  }

  /**
   * Local port 0: any. With a peer, the socket hears it alone; with a `composite`, too, through its microprotocols. Throws
   * RangeError for a port that there is not.
   */
  bind(
    cookie: number,
    localPort: number,
    peer: DatagramPeer | undefined,
    composite?: CompositeBinding,
  ): void {
    if (localPort !== 0) assertPort('port', localPort)
    if (peer !== undefined) assertPort('port', peer.port)
    const mail = this.#poster.open(Request.bindDatagram)
    mail[MailWord.arguments + BindDatagramArgument.cookie] = cookie
    mail[MailWord.arguments + BindDatagramArgument.localPort] = localPort
    if (peer !== undefined) {
      writeAddress(mail, MailWord.arguments + BindDatagramArgument.remoteAddress, peer.address)
      mail[MailWord.arguments + BindDatagramArgument.remotePort] = peer.port
    }
    if (composite !== undefined) {
      mail[MailWord.arguments + BindDatagramArgument.composite] = composite.microprotocols + 1
      this.#roomBytes.set(cookie, composite.roomBytes)
    }
    this.#poster.post()
  }

  /** Whether something is owed that no upcall will announce: look again soon. */
  get needsPolling(): boolean {
    if (this.#drained.length > 0) return true
    for (const port of this.#ports.values()) if (port.isOwed) return true
    return false
  }

  /** Room and sockets that a thread held up. */
  poll(): void {
    for (const port of this.#ports.values()) {
      if (port.isOwed && port.settle()) this.#handler.onDatagrams(port)
    }
    this.#freeSockets()
  }

  /** Takes the upcall of a socket at `words[at …]`, an `UpcallRecord`. */
  take(words: Int32Array, at: number): void {
    const id = words[at + UpcallRecord.connection] as number
    const upcall = words[at + UpcallRecord.upcall] as number
    const error = words[at + UpcallRecord.error] as number
    const index = words[at + UpcallRecord.requestIndex] as number
    if (upcall === Upcall.datagramBound) {
      const cookie = words[at + UpcallRecord.cookie] as number
      if (error === 0) this.#open(cookie, id, words[at + UpcallRecord.localPort] as number)
      else this.#handler.onBindFailed(cookie, error)
      this.#roomBytes.delete(cookie)
      return
    }
    const port = this.#ports.get(id)
    if (port === undefined) return
    const position = words[at + UpcallRecord.position] as number
    if (upcall === Upcall.datagram) {
      port.onDatagram({ position, length: words[at + UpcallRecord.length] as number, ...peerAt(words, at) })
      this.#handler.onDatagrams(port)
    } else if (upcall === Upcall.datagramsSent) {
      port.onSent(position, index)
      this.#handler.onDatagrams(port)
    } else if (upcall === Upcall.datagramRefused) {
      this.#handler.onDatagramRefused(port, peerAt(words, at), error)
    } else if (upcall === Upcall.datagramDrained) {
      this.#ports.delete(id)
      this.#handler.onDatagramGone(port)
      this.#drained.push({ id, index })
      this.#freeSockets()
    }
  }

  #open(cookie: number, id: number, localPort: number): void {
    const { region, datagramBuffers: buffers, hasPassed } = this.#ends
    const roomBytes = this.#roomBytes.get(cookie)
    const parts = { region, buffers, poster: this.#poster, hasPassed, ...(roomBytes && { roomBytes }) }
    const port = new DatagramPort(parts, id, localPort)
    this.#ports.set(id, port)
    this.#handler.onBound(cookie, port)
  }

  /** Those that were drained first are passed first. */
  #freeSockets(): void {
    const drained = this.#drained
    for (let next = drained[0]; next !== undefined && this.#ends.hasPassed(next.index); next = drained[0]) {
      const mail = this.#poster.open(Request.freeDatagram)
      mail[MailWord.arguments + DatagramSocketArgument.socket] = next.id
      this.#poster.post()
      drained.shift()
    }
  }
}

function peerAt(words: Int32Array, at: number): DatagramPeer {
  return {
    address: readAddress(words, at + UpcallRecord.remoteAddress),
    port: words[at + UpcallRecord.remotePort] as number,
  }
}
