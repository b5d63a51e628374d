/**
 * One direction of a link: frames go in at one end and come out at the other, later, in another order, damaged or not
 * at all. Seeded: the same frames at the same times have the same fate. One thread.
 *
 *   send → queue (limited) → serialised at the link's rate → delayed, impaired → receive
 *
 * Nothing happens by itself: a frame can be received once the clock has reached its arrival. Who drives the clock asks
 * `nextArrivalMicros` how far it may jump, or how long it may sleep. Invariant: every frame sent is, in the end,
 * counted as delivered or under the one cause of its loss; a duplicate counts as delivered too.
 */

import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { type Impairment, ImpairmentDraw, noImpairment } from '../impairment-draw.ts'
import type { FrameEntrance, FrameExit } from './frame-direction.ts'
import { FrameStore } from './frame-store.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface LinkParameters extends Impairment {
  /** Bits of frame per second; Infinity: frames take no time. */
  readonly rateBitsPerSecond: number
  /** Bytes of frames that may wait for the link; one more frame is dropped. Needs a finite rate to matter. */
  readonly queueBytes: number
}

export const perfectLink: LinkParameters = {
  ...noImpairment,
  rateBitsPerSecond: Number.POSITIVE_INFINITY,
  queueBytes: Number.POSITIVE_INFINITY,
}

/** Frames of one direction. */
export interface LinkCounters {
  written: number
  delivered: number
  /** Arrived later than they were sent. */
  delayed: number
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
  /** Dropped because the queue before the link was full. */
  queueDrops: number
  /** Refused: too many frames were under way, or the receiver had no room for one that had arrived. */
  refused: number
}

/** In the order in which they are written where others read them. */
export const linkCounterNames = [
  'written',
  'delivered',
  'delayed',
  'lost',
  'duplicated',
  'reordered',
  'corrupted',
  'queueDrops',
  'refused',
] as const satisfies readonly (keyof LinkCounters)[]

/** One direction of a link. Its parameters may be changed in the middle of a run. */
export class LinkDirection implements FrameEntrance, FrameExit {
  parameters: LinkParameters
  readonly #clock: VirtualClock
  readonly #store: FrameStore
  readonly #draw: ImpairmentDraw
  /** When the link has sent all it was given; virtual time with its fraction. */
  #freeMicros = 0
  #written = 0
  #delivered = 0
  #delayed = 0
  #queueDrops = 0
  #refused = 0

  constructor(
    parameters: LinkParameters,
    clock: VirtualClock,
    seed: number,
    frameCount: number,
    frameBytes: number,
  ) {
    this.parameters = parameters
    this.#clock = clock
    this.#store = new FrameStore(frameCount, frameBytes)
    this.#draw = new ImpairmentDraw(parameters, seed)
  }

  get counters(): LinkCounters {
    return {
      written: this.#written,
      delivered: this.#delivered,
      delayed: this.#delayed,
      ...this.#draw.counters,
      queueDrops: this.#queueDrops,
      refused: this.#refused,
    }
  }

  /** When the next frame arrives; Infinity if none is under way. */
  nextArrivalMicros(): number {
    if (this.#store.count === 0) return Number.POSITIVE_INFINITY
    const now = this.#clock.nowMicros()
    return Math.floor(now) + ((this.#store.firstDue - Math.floor(now)) | 0)
  }

  send(from: Uint8Array, at: number, length: number): boolean {
    this.#written += 1
    const now = this.#clock.nowMicros()
    const { rateBitsPerSecond, queueBytes, reorderDelayMicros } = this.parameters
    const start = Math.max(now, this.#freeMicros)
    const waitingBytes = start === now ? 0 : ((start - now) * rateBitsPerSecond) / 8e6
    if (waitingBytes + length > queueBytes) {
      this.#queueDrops += 1
      return true
    }
    this.#freeMicros = start + (length * 8e6) / rateBitsPerSecond

    const draw = this.#draw
    draw.impairment = this.parameters
    // A real Ethernet discards damaged frames by their check sequence, which ours lack. IP and TCP have checksums that find
    // the damage; a damaged ARP answer would be believed for minutes.
    draw.draw(length, length < ethernetHeaderBytes || etherTypeOf(from, at) !== EtherType.arp)
    if (draw.isLost) return true
    // Arrivals are whole microseconds: no frame arrives before its time.
    const due = Math.ceil(this.#freeMicros + draw.delayMicros + (draw.isReordered ? reorderDelayMicros : 0))
    draw.flip(from, at)
    const isStored = this.#store.put(from, at, length, due, !draw.isReordered)
    if (draw.isDuplicated && !(isStored && this.#store.put(from, at, length, due, !draw.isReordered))) {
      draw.counters.duplicated -= 1
    }
    draw.flip(from, at)
    if (!isStored) this.#refused += 1
    else if (due > Math.ceil(now)) this.#delayed += 1
    return isStored
  }

  peek(to: Uint8Array, at: number, limit: number): number {
    return this.#hasArrived() ? this.#store.copyFirst(to, at, limit) : 0
  }

  receive(to: Uint8Array, at: number, limit: number): number {
    if (!this.#hasArrived()) return 0
    this.#delivered += 1
    return this.#store.take(to, at, limit)
  }

  /** Counts the frame received last as refused: its receiver had no room. */
  loseDelivered(): void {
    this.#delivered -= 1
    this.#refused += 1
  }

  #hasArrived(): boolean {
    return this.#store.isDue(Math.floor(this.#clock.nowMicros()) | 0)
  }
}
