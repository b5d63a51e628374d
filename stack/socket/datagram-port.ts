/**
 * The application's side of one UDP socket: which datagrams are in the receive ring, and which room of the send ring is
 * free. Datagrams lie one after the other in a ring, each in `datagramRoom` bytes; messages of a composite protocol in equal
 * places. Application's thread only.
 */
import type { Region } from '../dominoes/memory/region.ts'
import { DatagramSocketArgument, MailWord, Request, SendDatagramArgument } from '../protocol/requests.ts'
import { datagramRoom } from '../protocol/state/datagrams.ts'
import { receiveRingAt, type StreamBuffers, sendRingAt } from '../strategy/layout/stream-buffers.ts'
import { type IpAddress, unspecifiedAddress, writeAddress } from '../wire/address.ts'
import type { RequestPoster } from './request-poster.ts'

export interface ReceivedDatagram {
  /** A copy. */
  readonly bytes: Uint8Array
  readonly address: IpAddress
  readonly port: number
}

/** Where a datagram lies in the receive ring. */
export interface DatagramPlace {
  readonly position: number
  readonly length: number
  readonly address: IpAddress
  readonly port: number
}

export interface DatagramPortParts {
  readonly region: Region
  readonly buffers: StreamBuffers
  readonly poster: RequestPoster
  /** Bytes that each message of a composite protocol takes; absent for UDP. */
  readonly roomBytes?: number
  /** Whether every replica has passed the request with this channel index. */
  hasPassed(index: number): boolean
}

export class DatagramPort {
  /** The protocol machine's name for this socket: index and generation. */
  readonly id: number
  readonly localPort: number
  isClosed = false
  readonly #parts: DatagramPortParts
  readonly #index: number
  readonly #unread: DatagramPlace[] = []
  /** Of the send ring: where the next datagram goes, and up to where the room is free again. 32 bits, wrapping. */
  #written = 0
  #freed = 0
  /** The mailbox was full when a datagram was to be sent. */
  #isHeld = false
  /** Room that is free once every thread has passed a request, in order. */
  readonly #freeing: { readonly position: number; readonly index: number }[] = []

  constructor(parts: DatagramPortParts, id: number, localPort: number) {
    this.#parts = parts
    this.id = id
    this.#index = id & 0xffff
    this.localPort = localPort
  }

  /** Datagrams that can be received now. */
  get unreadCount(): number {
    return this.#unread.length
  }

  /** Something is owed that no upcall will announce: room that a thread holds, or a place in the mailbox. Look again soon. */
  get isOwed(): boolean {
    return this.#isHeld || this.#freeing.length > 0
  }

  /** Copies a datagram and hands it to the protocol; false if there is no room now. Its length was checked. */
  trySend(bytes: Uint8Array, address: IpAddress | undefined, port: number): boolean {
    const { buffers, poster, region } = this.#parts
    const room = this.#roomOf(bytes.length)
    this.#free()
    if (((this.#written - this.#freed) | 0) + room > buffers.sendBytes) return false
    const mail = poster.open(Request.sendDatagram)
    mail[MailWord.arguments + SendDatagramArgument.socket] = this.id
    mail[MailWord.arguments + SendDatagramArgument.position] = this.#written
    mail[MailWord.arguments + SendDatagramArgument.length] = bytes.length
    writeAddress(mail, MailWord.arguments + SendDatagramArgument.remoteAddress, address ?? unspecifiedAddress)
    mail[MailWord.arguments + SendDatagramArgument.remotePort] = port
    const ring = sendRingAt(buffers, this.#index)
    const offset = this.#written & (buffers.sendBytes - 1)
    const first = Math.min(bytes.length, buffers.sendBytes - offset)
    region.bytes.set(first === bytes.length ? bytes : bytes.subarray(0, first), ring + offset)
    if (first < bytes.length) region.bytes.set(bytes.subarray(first), ring)
    if (!poster.tryPost()) {
      this.#isHeld = true
      return false
    }
    this.#written = (this.#written + room) | 0
    return true
  }

  /** Takes at most `limit` datagrams, and gives their room back by one request. */
  receive(limit: number): ReceivedDatagram[] {
    const places = this.#unread.splice(0, limit)
    const last = places.at(-1)
    if (last === undefined) return []
    const datagrams = places.map((place) => this.#copy(place))
    const mail = this.#parts.poster.open(Request.readDatagrams)
    mail[MailWord.arguments + DatagramSocketArgument.socket] = this.id
    mail[MailWord.arguments + DatagramSocketArgument.position] = last.position + this.#roomOf(last.length)
    this.#parts.poster.post()
    return datagrams
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#unread.length = 0
    const mail = this.#parts.poster.open(Request.closeDatagram)
    mail[MailWord.arguments + DatagramSocketArgument.socket] = this.id
    this.#parts.poster.post()
  }

  /** An upcall said that a datagram is there. */
  onDatagram(place: DatagramPlace): void {
    if (!this.isClosed) this.#unread.push(place)
  }

  /** The request with this channel index transmits the last of what lies before `position`. */
  onSent(position: number, index: number): void {
    this.#freeing.push({ position, index })
    this.#free()
  }

  /** Whether there is more room than before, or a place in the mailbox to be tried for again. */
  settle(): boolean {
    const wasHeld = this.#isHeld
    this.#isHeld = false
    return this.#free() || wasHeld
  }

  #roomOf(length: number): number {
    return this.#parts.roomBytes ?? datagramRoom(length)
  }

  #free(): boolean {
    const freeing = this.#freeing
    let count = 0
    for (; count < freeing.length; count += 1) {
      const { position, index } = freeing[count] as { position: number; index: number }
      if (!this.#parts.hasPassed(index)) break
      this.#freed = position
    }
    if (count > 0) freeing.splice(0, count)
    return count > 0
  }

  #copy({ position, length, address, port }: DatagramPlace): ReceivedDatagram {
    const { buffers, region } = this.#parts
    const ring = receiveRingAt(buffers, this.#index)
    const offset = position & (buffers.receiveBytes - 1)
    const first = Math.min(length, buffers.receiveBytes - offset)
    const bytes = new Uint8Array(length)
    bytes.set(region.bytes.subarray(ring + offset, ring + offset + first))
    if (first < length) bytes.set(region.bytes.subarray(ring, ring + length - first), first)
    return { bytes, address, port }
  }
}
