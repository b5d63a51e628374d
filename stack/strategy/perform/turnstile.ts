/**
 * The turnstile of ordered emission: frames are built by many threads at once and leave one after the other, in the
 * order of their frame numbers. Who finishes the frame whose turn it is transmits it; who finishes a frame out of turn
 * leaves it here and goes on. Whoever transmitted a frame looks whether the one after it is here, and transmits that, too.
 *
 *   word   0  next    number of the frame whose turn it is                  whoever transmitted the one before
 *   ── lines, four words an entry: frame f has entry f mod count ─────────────────────────────
 *    32 + 4 e  stamp   f + 1 while frame f is here, f once it was taken      its builder; who takes it
 *         + 1  at      byte offset of the frame                             its builder, before the stamp
 *         + 2  length  bytes                                                the same
 *
 * Actions that are no frames have no frame number: they never come here, and hold nobody up.
 *
 * Why a frame leaves exactly once, and none is left lying. Each frame has one builder. Either it finds that it has the
 * turn: then the frame is not here and never will be, so nobody else can transmit it. Or it leaves the frame here, and
 * looks at `next` again after that; who gives the turn to a frame looks for it here after that. Stores and loads of
 * stamp and next are sequentially consistent, so one of the two sees the other; if both do, a compare-exchange of the
 * stamp decides who takes it.
 *
 * Why nobody waits for ever: a thread waits only for room here or for a buffer of its own, both of which come free when
 * earlier frames leave. It takes its actions in the order of their numbers, so what it holds up comes later than what
 * it waits for. The earliest frame of all has room, and its claimant waits for nothing but a full outbox, which drains
 * in the same order. That claimants are removed with what they had in hand is ruled out elsewhere: replicas can be
 * killed where emission is relaxed only.
 *
 * What it costs, as long as threads finish in turn: two loads and a store of shared words a frame.
 *
 * Invariant: frames before `next` have left; an entry is written only for frames next … next + count - 1.
 */
import { assertPowerOfTwo } from '../../dominoes/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../../dominoes/region.ts'
import type { Signal } from '../../dominoes/signal.ts'

const TurnstileWord = { next: 0, entries: lineWords } as const
const EntryWord = { stamp: 0, at: 1, length: 2 } as const
const entryWords = 4

export interface TurnstileLayout {
  readonly baseWord: number
  /** Frames that can wait here; a power of two. */
  readonly count: number
}

/** Zeroed memory is a turnstile before frame 0. */
export function planTurnstile(plan: RegionPlan, count: number): TurnstileLayout {
  assertPowerOfTwo(count, 'count')
  return { baseWord: plan.reserve((TurnstileWord.entries + count * entryWords) * 4) / 4, count }
}

/** Before any thread uses it: the first frame will be `first`. */
export function initialiseTurnstile(region: Region, layout: TurnstileLayout, first: number): void {
  const { words } = region
  words[layout.baseWord + TurnstileWord.next] = first
  for (let k = 0; k < layout.count; k++) {
    const entry = layout.baseWord + TurnstileWord.entries + ((first + k) & (layout.count - 1)) * entryWords
    words[entry + EntryWord.stamp] = (first + k) | 0
  }
}

/** Writes a frame to a device, whatever comes of it. */
export type WriteFrame = (at: number, length: number) => void

export class Turnstile {
  readonly #words: Int32Array
  readonly #next: number
  readonly #entries: number
  readonly #count: number
  readonly #moved: Signal
  readonly #write: WriteFrame
  /** `next` when this thread last looked; it only grows. */
  #seen: number

  /** One per thread; `moved` is notified whenever a frame left: where threads sleep that wait for that. */
  constructor(region: Region, layout: TurnstileLayout, moved: Signal, write: WriteFrame) {
    this.#words = region.words
    this.#next = layout.baseWord + TurnstileWord.next
    this.#entries = layout.baseWord + TurnstileWord.entries
    this.#count = layout.count
    this.#moved = moved
    this.#write = write
    this.#seen = this.#look()
  }

  hasLeft(frame: number): boolean {
    return this.#isBefore(frame, 0)
  }

  /** Whether a frame that has not left can be left here. */
  hasRoom(frame: number): boolean {
    return this.#isBefore(frame, this.#count)
  }

  /**
   * Transmits a frame for which there is room if it has its turn, and what waits for it to leave; leaves it here
   * otherwise. True if it has left; the bytes must stay as they are until then.
   */
  leave(frame: number, at: number, length: number): boolean {
    if (this.#look() === frame) {
      this.#write(at, length)
    } else {
      const words = this.#words
      const entry = this.#entryOf(frame)
      words[entry + EntryWord.at] = at
      words[entry + EntryWord.length] = length
      Atomics.store(words, entry + EntryWord.stamp, (frame + 1) | 0)
      if (this.#look() !== frame || !this.#take(frame, entry)) return false
      this.#write(at, length)
    }
    this.#passOn(frame)
    return true
  }

  /** Gives the turn to the frame after one that was transmitted, and transmits what is here. */
  #passOn(transmitted: number): void {
    const words = this.#words
    let frame = transmitted
    for (;;) {
      frame = (frame + 1) | 0
      Atomics.store(words, this.#next, frame)
      this.#moved.notify()
      const entry = this.#entryOf(frame)
      if (Atomics.load(words, entry + EntryWord.stamp) !== ((frame + 1) | 0)) return
      if (!this.#take(frame, entry)) return
      this.#write(words[entry + EntryWord.at] as number, words[entry + EntryWord.length] as number)
    }
  }

  /** Takes a frame that is here; false if another thread did. */
  #take(frame: number, entry: number): boolean {
    const stamp = (frame + 1) | 0
    return Atomics.compareExchange(this.#words, entry + EntryWord.stamp, stamp, frame) === stamp
  }

  /** Whether a frame is before `next + lead`: looks only if what was last seen does not tell. */
  #isBefore(frame: number, lead: number): boolean {
    return ((frame - this.#seen - lead) | 0) < 0 || ((frame - this.#look() - lead) | 0) < 0
  }

  #look(): number {
    this.#seen = Atomics.load(this.#words, this.#next)
    return this.#seen
  }

  #entryOf(frame: number): number {
    return this.#entries + (frame & (this.#count - 1)) * entryWords
  }
}
