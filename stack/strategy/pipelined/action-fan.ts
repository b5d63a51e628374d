/**
 * The protocol's action queue in a pipeline: records are written where transmitters read them, a few to each in turn.
 * Nothing is copied. The protocol's thread only.
 *
 * Says it is full while what an apply emits directly still fits. Invariant: a record is constant from `publish` until its
 * transmitter has moved its head past it.
 */
import { ActionQueue, ActionWord, actionWords } from '../../dominoes/action-queue.ts'
import type { Region } from '../../dominoes/region.ts'
import { Signal } from '../../dominoes/signal.ts'
import type { Pipe } from './pipe.ts'
import { type PipeLayout, RequestWord, TransmitterWord } from './pipeline-layout.ts'

/** Room that is kept for what an apply emits directly. */
const reserve = 64
/** Actions that go to one transmitter before the next has its turn: neighbours on the wire stay in order. */
const turnActions = 4

export class ActionFan extends ActionQueue {
  readonly #pipe: Pipe
  readonly #layout: PipeLayout
  readonly #signals: readonly Signal[]
  /** Of each ring: actions written, published, and done when last looked at. */
  readonly #written: Int32Array
  readonly #published: Int32Array
  readonly #done: Int32Array
  #ring = 0
  #turn = 0
  #index = 0
  #slot = 0

  constructor(region: Region, layout: PipeLayout, pipe: Pipe) {
    super(layout.ringCount, region.words)
    this.#pipe = pipe
    this.#layout = layout
    this.#signals = layout.emittedSignals.map((at) => new Signal(region, at))
    this.#written = new Int32Array(layout.transmitters)
    this.#published = new Int32Array(layout.transmitters)
    this.#done = new Int32Array(layout.transmitters)
  }

  /** What follows belongs to this request. */
  begin(index: number, slot: number): void {
    this.#index = index
    this.#slot = slot
  }

  /** Whether no transmitter can take more. Moves on to one that can. */
  override get isFull(): boolean {
    for (let k = 0; k < this.#layout.transmitters; k++) {
      if (this.#hasRoom(this.#ring)) return false
      this.#nextRing()
    }
    return true
  }

  override push(kind: number, number: number): number {
    if (this.#turn === turnActions) {
      this.#nextRing()
      if (!this.#hasRoom(this.#ring)) this.#turnBack()
    }
    this.#turn += 1
    const ring = this.#ring
    const written = this.#written[ring] as number
    const { rings, requests, ringCount } = this.#layout
    const place = written & (ringCount - 1)
    const at = (rings[ring] as number) + place * actionWords
    const request = (requests[ring] as number) + place * RequestWord.words
    this.words[at] = kind
    this.words[at + ActionWord.number] = number
    this.words[request + RequestWord.index] = this.#index
    this.words[request + RequestWord.slot] = this.#slot
    this.#written[ring] = (written + 1) | 0
    return at
  }

  /** Hands over what was written since the last call, and wakes who sleeps. */
  publish(): void {
    for (let ring = 0; ring < this.#layout.transmitters; ring++) {
      const written = this.#written[ring] as number
      if (this.#published[ring] === written) continue
      this.#published[ring] = written
      Atomics.store(this.words, this.#pipe.transmitterAt(ring) + TransmitterWord.tail, written)
      ;(this.#signals[ring] as Signal).notify()
    }
  }

  override clear(): void {}

  /** Rings are left in turn; the one that was left may be the only one with room. */
  #turnBack(): void {
    for (let k = 1; k < this.#layout.transmitters; k++) {
      this.#nextRing()
      if (this.#hasRoom(this.#ring)) return
    }
  }

  #nextRing(): void {
    this.#ring = (this.#ring + 1) % this.#layout.transmitters
    this.#turn = 0
  }

  #hasRoom(ring: number): boolean {
    const limit = this.#layout.ringCount - reserve
    const written = this.#written[ring] as number
    if (((written - (this.#done[ring] as number)) | 0) < limit) return true
    this.#done[ring] = Atomics.load(this.words, this.#pipe.transmitterAt(ring) + TransmitterWord.head)
    return ((written - (this.#done[ring] as number)) | 0) < limit
  }
}
