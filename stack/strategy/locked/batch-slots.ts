/**
 * The slots of one thread of the locked strategy: the batch that it has read and works on, and one more for what is
 * emitted without a request. One thread only, but for the time of the newest request, which all threads share.
 */
import type { Channel } from '../../dominoes/channel/channel.ts'
import type { LocalSlotsLayout } from '../layout/local-slots.ts'
import type { RequestSink } from '../parts/network-source.ts'
import type { OrderBoard } from './order-board.ts'

export class BatchSlots implements RequestSink {
  readonly #layout: LocalSlotsLayout
  readonly #channel: Channel
  readonly #board: OrderBoard
  /** Requests in the batch. */
  count = 0

  /** `layout.slotCount`: the largest batch, and one more. */
  constructor(layout: LocalSlotsLayout, channel: Channel, board: OrderBoard) {
    this.#layout = layout
    this.#channel = channel
    this.#board = board
  }

  freeSlots(): number {
    return this.#layout.slotCount - 1 - this.count
  }

  slotAhead(k: number): number {
    return this.slotAt(this.count + k)
  }

  /** The ticket names all requests of a batch, since they are done together. */
  indexAhead(): number {
    return this.#board.nextTicket
  }

  hasPassed(ticket: number): boolean {
    return this.#board.isBatchDone(ticket)
  }

  slotAt(k: number): number {
    return this.#layout.slotsWord + k * (this.#layout.slotBytes / 4)
  }

  /** The slot behind the batch, which holds no request. */
  get spareSlot(): number {
    return this.slotAt(this.#layout.slotCount - 1)
  }

  publish(count: number): void {
    this.count += count
  }

  /** Holder of the producer role only. */
  get lastTime(): number {
    return this.#channel.lastTime
  }

  set lastTime(micros: number) {
    this.#channel.lastTime = micros
  }
}
