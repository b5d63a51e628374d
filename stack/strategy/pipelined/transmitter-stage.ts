/**
 * The last stage of a pipeline: claims actions, a few at a time and in order, and performs them. One instance
 * per thread.
 *
 * Invariant: what it says it holds (see `pipeline-layout.ts`) is never newer than what it holds.
 */
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import type { Pipe } from './pipe.ts'
import { type PipeLayout, PipeWord, RequestWord, TransmitterWord } from './pipeline-layout.ts'

/** Actions performed in one round at most. */
const roundLimit = 64
/** Actions claimed at once where there are others to claim the rest: neighbours on the wire stay in order. */
const sharedClaim = 4
/** Actions claimed at once by a transmitter that is alone: after so many it stores how far it is. */
const loneClaim = 8

export interface TransmitterStageParts {
  readonly words: Int32Array
  readonly pipe: Pipe
  readonly layout: PipeLayout
  readonly transmitter: number
  readonly domain: Domain
  readonly counters: Counters
  /** Told when there is more room. */
  readonly progress: Signal
}

export class TransmitterStage {
  readonly #parts: TransmitterStageParts
  /** Word offset of what this one says that it holds. */
  readonly #at: number
  readonly #claim: number
  /** What it holds: actions from `next` up to `end`. */
  #next = 0
  #end = 0
  /** An action could not be performed yet. */
  isBlocked = false

  constructor(parts: TransmitterStageParts) {
    this.#parts = parts
    this.#at = parts.pipe.transmitterAt(parts.transmitter)
    this.#claim = parts.layout.transmitters === 1 ? loneClaim : sharedClaim
  }

  get isIdle(): boolean {
    const { pipe } = this.#parts
    return this.#next === this.#end && pipe.load(PipeWord.claimed) === pipe.load(PipeWord.emitted)
  }

  doWork(): number {
    let work = 0
    this.isBlocked = false
    while (work < roundLimit && (this.#next !== this.#end || this.#tryClaim())) {
      if (!this.#perform()) break
      work += 1
    }
    if (work > 0) this.#parts.counters.add(Counter.performed, work)
    const hasLetGo = this.#next === this.#end && this.#letGo()
    if (work > 0 || hasLetGo) this.#parts.progress.notify()
    return work
  }

  #perform(): boolean {
    const { words, layout, domain, counters } = this.#parts
    const place = this.#next & (layout.ringCount - 1)
    const slot = words[layout.requests + place * RequestWord.words + RequestWord.slot] as number
    if (!domain.perform(layout.ring + place * actionWords, slot)) {
      counters.add(Counter.deferred, 1)
      this.isBlocked = true
      this.#say(this.#next)
      return false
    }
    this.#next = (this.#next + 1) | 0
    return true
  }

  /** Takes the next few actions, if there are any. */
  #tryClaim(): boolean {
    const { words, pipe } = this.#parts
    const claimedAt = pipe.wordAt(PipeWord.claimed)
    let first = Atomics.load(words, claimedAt)
    for (;;) {
      const count = Math.min((pipe.load(PipeWord.emitted) - first) | 0, this.#claim)
      if (count <= 0) return false
      this.#say(first)
      const found = Atomics.compareExchange(words, claimedAt, first, (first + count) | 0)
      if (found === first) {
        this.#next = first
        this.#end = (first + count) | 0
        return true
      }
      first = found
    }
  }

  /** Holds, or is about to, this action and what follows it. */
  #say(action: number): void {
    const { words, pipe } = this.#parts
    Atomics.store(words, this.#at + TransmitterWord.request, pipe.requestOf(action))
    Atomics.store(words, this.#at + TransmitterWord.action, action)
    Atomics.store(words, this.#at + TransmitterWord.isBusy, 1)
  }

  /**
   * Holds nothing any more; true if its words said otherwise. Then threads that lack room are notified even
   * if nothing was done: they may wait because of what it said before it lost a claim.
   */
  #letGo(): boolean {
    const { words } = this.#parts
    if (words[this.#at + TransmitterWord.isBusy] === 0) return false
    Atomics.store(words, this.#at + TransmitterWord.isBusy, 0)
    return true
  }
}
