/**
 * A UDP socket as an application holds it: promises over a `DatagramPort`. Application's thread only.
 *
 *     const socket = await stack.bindDatagram(53)
 *     for await (const { bytes, address, port } of socket) await socket.send(answer(bytes), { address, port })
 *
 * A datagram arrives whole or not at all, in any order. What finds the receive buffer full is dropped, and counted in
 * `stack.counters()`. An ICMP error ends nothing: a connected socket throws it once, at the next `send` or `receive`, as
 * Linux does; of others `onRefused` is told.
 */

import { type IpAddress, mapIpv4 } from '../wire/address.ts'
import { formatAddress, parseIpv4Address } from '../wire/addresses.ts'
import type { DatagramPort, ReceivedDatagram } from './datagram-port.ts'
import { SocketError, type SocketReason } from './errors.ts'
import { assertPort } from './ports.ts'

export interface DatagramAddress {
  readonly address: string
  readonly port: number
}

export interface Datagram extends DatagramAddress {
  /** The receiver's own. */
  readonly bytes: Uint8Array
}

export interface OutgoingDatagram {
  readonly bytes: Uint8Array
  /** A connected socket has its own. */
  readonly to?: DatagramAddress
}

export interface DatagramSocketOptions {
  /** The longest payload, in bytes. */
  readonly limitBytes: number
  /** The peer of a connected socket. */
  readonly peer?: DatagramAddress
}

export class DatagramSocket {
  readonly localPort: number
  /** The longest payload that can be sent, in bytes: larger ones would have to be cut into fragments. */
  readonly limitBytes: number
  /** The peer, if the socket is connected: it alone is heard. */
  readonly peer: DatagramAddress | undefined
  /** Called when a datagram to this address did not arrive; of a socket that is not connected. */
  onRefused: (to: DatagramAddress, reason: SocketReason) => void = () => {}
  readonly #port: DatagramPort
  /** The peer's, not told yet. */
  #refusal: SocketError | undefined
  #end: SocketError | undefined
  #waiters: (() => void)[] = []
  /** The address that was parsed last. */
  #parsed: { readonly text: string; readonly address: IpAddress } | undefined

  constructor(port: DatagramPort, { limitBytes, peer }: DatagramSocketOptions) {
    this.#port = port
    this.localPort = port.localPort
    this.limitBytes = limitBytes
    this.peer = peer
  }

  /** Resolves when the datagram is in the send buffer. Throws SocketError, RangeError as `trySend`. */
  async send(bytes: Uint8Array, to?: DatagramAddress): Promise<void> {
    while (!this.trySend(bytes, to)) await this.#progress()
  }

  /**
   * False if there is no room in the send buffer now. Throws RangeError for a datagram that is too long, or without an
   * address, or with one where the socket has its own; SocketError if the socket is closed, or its peer refused.
   */
  trySend(bytes: Uint8Array, to?: DatagramAddress): boolean {
    this.#throwIfFailed()
    if (bytes.length > this.limitBytes) {
      throw new RangeError(`a datagram has at most ${this.limitBytes} bytes here, not ${bytes.length}`)
    }
    if (this.peer !== undefined) {
      if (to !== undefined) throw new RangeError('a connected socket sends to its peer only')
      return this.#port.trySend(bytes, undefined, 0)
    }
    if (to === undefined) throw new RangeError('a socket that is not connected needs an address to send to')
    assertPort('port', to.port)
    return this.#port.trySend(bytes, this.#parse(to.address), to.port)
  }

  /** Sends as many of these as there is room for now, in order; returns how many. Throws as `trySend`. */
  trySendMany(datagrams: readonly OutgoingDatagram[]): number {
    let count = 0
    for (const { bytes, to } of datagrams) {
      if (!this.trySend(bytes, to)) break
      count += 1
    }
    return count
  }

  /** The next datagram; `null` once the socket is closed. Throws SocketError if the peer refused what was sent. */
  async receive(): Promise<Datagram | null> {
    const [datagram] = await this.receiveMany(1)
    return datagram ?? null
  }

  /** At least one datagram and at most `limit`; none once the socket is closed. Throws as `receive`. */
  async receiveMany(limit = 64): Promise<Datagram[]> {
    for (;;) {
      const datagrams = this.tryReceiveMany(limit)
      if (datagrams.length > 0 || this.#port.isClosed) return datagrams
      this.#throwIfFailed()
      await this.#progress()
    }
  }

  /** What is there now, at most `limit`. */
  tryReceiveMany(limit = 64): Datagram[] {
    return this.#port.receive(limit).map(withText)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram> {
    for (let next = await this.receive(); next !== null; next = await this.receive()) yield next
  }

  /** Gives the socket up: what arrived and was not received is lost, what was sent is on its way. */
  close(): void {
    this.#port.close()
    this.onProgress()
  }

  /** Called by the stack when something arrived, or room was freed. */
  onProgress(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }

  /** Called by the stack: a datagram to `to` did not arrive. */
  onDatagramRefused(error: SocketError, to: DatagramAddress): void {
    if (this.peer === undefined) this.onRefused(to, error.reason)
    else this.#refusal = error
    this.onProgress()
  }

  /** Called by the stack, which has ended: nothing will be sent or received any more. */
  onStopped(error: SocketError): void {
    this.#end = error
    this.onProgress()
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  #parse(text: string): IpAddress {
    if (this.#parsed?.text !== text) this.#parsed = { text, address: mapIpv4(parseIpv4Address(text)) }
    return this.#parsed.address
  }

  /** A refusal is told once; the end of the stack every time. */
  #throwIfFailed(): void {
    const failure = this.#end ?? this.#refusal
    this.#refusal = undefined
    if (failure !== undefined) throw failure
    if (this.#port.isClosed) throw new SocketError(`socket on port ${this.localPort}`, 'closed')
  }
}

function withText({ bytes, address, port }: ReceivedDatagram): Datagram {
  return { bytes, address: formatAddress(address), port }
}
