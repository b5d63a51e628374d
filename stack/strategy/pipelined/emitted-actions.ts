/**
 * The protocol's action queue in a pipeline: records are written where transmitters read them. Nothing is copied. The
 * protocol's thread only.
 *
 * It says that it is full while there is still room for what an apply emits directly. Invariant: a record is
 * constant from `publish` until the transmitter that claimed it has passed it.
 */
import { ActionQueue, ActionWord, actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import type { Pipe } from './pipe.ts'
import { type PipeLayout, PipeWord, RequestWord } from './pipeline-layout.ts'

/** Room that is kept for what an apply emits directly. */
const reserve = 64

export class EmittedActions extends ActionQueue {
  readonly #pipe: Pipe
  readonly #layout: PipeLayout
  readonly #emitted: Signal
  /** Actions written, published, and done when last looked at. */
  #written = 0
  #published = 0
  #done = 0
  #index = 0
  #slot = 0

  constructor(region: Region, layout: PipeLayout, pipe: Pipe) {
    super(layout.ringCount, region.words)
    this.#pipe = pipe
    this.#layout = layout
    this.#emitted = new Signal(region, layout.emittedSignal)
  }

  /** What follows belongs to this request. */
  begin(index: number, slot: number): void {
    this.#index = index
    this.#slot = slot
  }

  override get isFull(): boolean {
    const limit = this.#layout.ringCount - reserve
    if (((this.#written - this.#done) | 0) < limit) return false
    this.#done = this.#pipe.doneActions()
    return ((this.#written - this.#done) | 0) >= limit
  }

  override push(kind: number, number: number): number {
    const { ring, requests, ringCount } = this.#layout
    const place = this.#written & (ringCount - 1)
    const at = ring + place * actionWords
    const request = requests + place * RequestWord.words
    this.words[at] = kind
    this.words[at + ActionWord.number] = number
    this.words[request + RequestWord.index] = this.#index
    this.words[request + RequestWord.slot] = this.#slot
    this.#written = (this.#written + 1) | 0
    return at
  }

  /** Hands over what was written since the last call, and wakes who sleeps. */
  publish(): void {
    if (this.#published === this.#written) return
    this.#published = this.#written
    this.#pipe.store(PipeWord.emitted, this.#written)
    this.#emitted.notify()
  }

  override clear(): void {}
}
