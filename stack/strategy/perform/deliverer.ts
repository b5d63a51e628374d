/**
 * Performs `deliver` and `upcall`: does the payload work of received bytes into the connection's receive ring,
 * and posts the upcall at its place in the outbox.
 *
 * The application takes upcalls in number order, so it sees one only after all before it were committed: the
 * bytes that a `readable` speaks of have all been copied, by whichever replica.
 */
import type { OutboxWriter } from '../../dominoes/channel/outbox.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { PayloadWork } from '../../payload/payload-work.ts'
import { UpcallRecord, UpcallWord, upcallWords } from '../../protocol/actions.ts'
import { receiveRingAt, type StreamBuffers } from '../layout/stream-buffers.ts'
import { frameAtOf } from '../parts/slot-frame.ts'

export class Deliverer {
  readonly #region: Region
  readonly #buffers: StreamBuffers
  readonly #outbox: OutboxWriter
  readonly #work: PayloadWork

  constructor(region: Region, buffers: StreamBuffers, outbox: OutboxWriter, work: PayloadWork) {
    this.#region = region
    this.#buffers = buffers
    this.#outbox = outbox
    this.#work = work
  }

  /** False while the application is a whole outbox behind: call again later. Nothing was copied then. */
  deliver(record: Int32Array, at: number, slot: number): boolean {
    const place = this.#outbox.tryPut(record[at + UpcallWord.upcallNumber] as number)
    if (place < 0) return false
    this.#copy(record, at, slot)
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
    const from = frameAtOf(this.#region.words, slot) + (record[at + UpcallWord.payloadOffset] as number)
    const ring = receiveRingAt(this.#buffers, record[at + UpcallWord.connectionIndex] as number)
    const offset = low & (this.#buffers.receiveBytes - 1)
    const first = Math.min(length, this.#buffers.receiveBytes - offset)
    this.#work.copyIn(from, ring + offset, first, low, high)
    if (first === length) return
    const nextLow = (low + first) | 0
    const nextHigh = nextLow === 0 ? (high + 1) | 0 : high
    this.#work.copyIn(from + first, ring, length - first, nextLow, nextHigh)
  }

  #commit(record: Int32Array, at: number, slot: number, place: number): void {
    const { words } = this.#region
    for (let k = 0; k < upcallWords; k += 1) words[place + k] = record[at + UpcallWord.upcall + k] as number
    words[place + UpcallRecord.requestIndex] = ((words[slot + SlotWord.sequence] as number) - 1) | 0
    this.#outbox.commit(record[at + UpcallWord.upcallNumber] as number)
  }
}
