/**
 * Performs what the application is told of: does the payload work of received bytes into the receive ring of a connection
 * or a socket, if they are not there yet, and posts the upcall at its place in the outbox.
 *
 * The application takes upcalls in number order, so it sees one only after all before it were committed: the
 * bytes that a `readable` speaks of have all been copied, by whichever replica.
 */
import type { OutboxWriter } from '../../dominoes/channel/outbox.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { assert } from '../../dominoes/memory/assert.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { createPayloadWork, type PayloadWork } from '../../payload/payload-work.ts'
import { DatagramDeliveryWord, UpcallRecord, UpcallWord, upcallWords } from '../../protocol/actions.ts'
import { HeaderWord } from '../../wire/header.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import { receiveRingAt, type StreamBuffers } from '../layout/stream-buffers.ts'
import { frameAtOf, HostArgument } from '../parts/slot-frame.ts'
import { copyToRing, sumInRing } from './ring-work.ts'

export interface DelivererParts {
  readonly region: Region
  readonly buffers: StreamBuffers
  /** Of UDP sockets. */
  readonly datagramBuffers: StreamBuffers
  readonly outbox: OutboxWriter
  readonly work: PayloadWork
  /** Whether a virtio-net header precedes every frame. */
  readonly virtioHeader: boolean
}

export class Deliverer {
  readonly #region: Region
  readonly #buffers: StreamBuffers
  readonly #outbox: OutboxWriter
  readonly #work: PayloadWork
  readonly #virtioHeader: boolean
  readonly #datagramBuffers: StreamBuffers
  readonly #datagramWork: PayloadWork

  constructor(parts: DelivererParts) {
    this.#region = parts.region
    this.#buffers = parts.buffers
    this.#outbox = parts.outbox
    this.#work = parts.work
    this.#virtioHeader = parts.virtioHeader
    this.#datagramBuffers = parts.datagramBuffers
    this.#datagramWork = createPayloadWork('copy', parts.region)
  }

  /** False while the application is a whole outbox behind: call again later. Nothing was copied then. */
  deliver(record: Int32Array, at: number, slot: number): boolean {
    const place = this.#outbox.tryPut(record[at + UpcallWord.upcallNumber] as number)
    if (place < 0) return false
    this.#copy(record, at, slot)
    this.#commit(record, at, slot, place)
    return true
  }

  /** The same for a datagram. */
  deliverDatagram(record: Int32Array, at: number, slot: number): boolean {
    const place = this.#outbox.tryPut(record[at + UpcallWord.upcallNumber] as number)
    if (place < 0) return false
    this.#copyDatagram(record, at, slot)
    this.#commit(record, at, slot, place)
    return true
  }

  /** The same for a message of a composite protocol, on which the stack's payload work is done. */
  deliverMessage(record: Int32Array, at: number, slot: number): boolean {
    const place = this.#outbox.tryPut(record[at + UpcallWord.upcallNumber] as number)
    if (place < 0) return false
    this.#copyMessage(record, at, slot)
    this.#commit(record, at, slot, place)
    return true
  }

  /** Posts an upcall that carries no bytes. False as for `deliver`. */
  post(record: Int32Array, at: number, slot: number): boolean {
    const place = this.#outbox.tryPut(record[at + UpcallWord.upcallNumber] as number)
    if (place < 0) return false
    this.#commit(record, at, slot, place)
    return true
  }

  #copy(record: Int32Array, at: number, slot: number): void {
    const low = record[at + UpcallWord.positionLow] as number
    const high = record[at + UpcallWord.positionHigh] as number
    const length = record[at + UpcallWord.payloadLength] as number
    const payloadOffset = record[at + UpcallWord.payloadOffset] as number
    const { words } = this.#region
    const { receiveBytes } = this.#buffers
    const ring = receiveRingAt(this.#buffers, record[at + UpcallWord.connectionIndex] as number)
    const placedAt = words[slot + HostArgument.placedAt] as number
    if (placedAt === 0) {
      const frameAt = frameAtOf(words, slot)
      const isVouchedFor = this.#isVouchedFor(frameAt)
      copyToRing(this.#work, frameAt + payloadOffset, ring, receiveBytes, low, high, length, isVouchedFor)
      return
    }
    const skipped = payloadOffset - (words[slot + SlotWord.head + HeaderWord.payloadOffset] as number)
    const place = ring + ((placedAt - ring + skipped) & (receiveBytes - 1))
    assert(place === ring + (low & (receiveBytes - 1)), 'a payload was read to a place that is not its own')
    if (this.#work.sums) sumInRing(this.#region, ring, receiveBytes, low, length)
  }

  #isVouchedFor(frameAt: number): boolean {
    return this.#virtioHeader && virtioTrustsChecksum(this.#region.bytes, frameAt - virtioHeaderBytes)
  }

  #copyDatagram(record: Int32Array, at: number, slot: number): void {
    const length = record[at + UpcallWord.length] as number
    if (length === 0) return
    const from =
      frameAtOf(this.#region.words, slot) + (record[at + DatagramDeliveryWord.payloadOffset] as number)
    const buffers = this.#datagramBuffers
    const ring = receiveRingAt(buffers, record[at + DatagramDeliveryWord.socketIndex] as number)
    const position = record[at + UpcallWord.position] as number
    copyToRing(this.#datagramWork, from, ring, buffers.receiveBytes, position, 0, length)
  }

  /** A message has a place of its own, which never wraps. */
  #copyMessage(record: Int32Array, at: number, slot: number): void {
    const length = record[at + UpcallWord.length] as number
    if (length === 0) return
    const from =
      frameAtOf(this.#region.words, slot) + (record[at + DatagramDeliveryWord.payloadOffset] as number)
    const { receiveBytes } = this.#datagramBuffers
    const ring = receiveRingAt(this.#datagramBuffers, record[at + DatagramDeliveryWord.socketIndex] as number)
    const position = record[at + UpcallWord.position] as number
    this.#work.copyIn(from, ring + (position & (receiveBytes - 1)), length, 0, 0, false)
  }

  #commit(record: Int32Array, at: number, slot: number, place: number): void {
    const { words } = this.#region
    for (let k = 0; k < upcallWords; k += 1) words[place + k] = record[at + UpcallWord.upcall + k] as number
    words[place + UpcallRecord.requestIndex] = ((words[slot + SlotWord.sequence] as number) - 1) | 0
    this.#outbox.commit(record[at + UpcallWord.upcallNumber] as number)
  }
}
