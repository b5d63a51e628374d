/**
 * The turnstile of ordered emission: frames are built by many threads at once and leave one after the other,
 * in the order of their frame numbers. Who finishes the frame whose turn it is transmits it; who finishes a
 * frame out of turn leaves it here and goes on. Whoever transmitted a frame looks whether the one after it is
 * here, and transmits that, too.
 *
 *   word   0  next    number of the frame whose turn it is, or an earlier   whoever transmitted the one before
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
 * Why nobody waits for ever: a thread waits only for room here, for a buffer of its own, or for a turn, which all come when
 * earlier frames leave. It takes its actions in the order of their numbers, so what it holds up
 * comes later than what it waits for. The earliest frame of all has room, and its claimant waits for nothing
 * but a full outbox, which drains in the same order. No claimant is removed with what it had in hand:
 * replicas can be killed only where emission is relaxed.
 *
 * Who has the turn may store `next` late: whoever looks meanwhile sees an older `next`, as if this thread
 * were slower. So a thread that also builds the next frame keeps the turn. And it transmits several frames
 * that are here before it stores `next`, since their builders have looked at `next` and left. Before it turns
 * to anything else, it gives the turn to the first frame that is not here, and looks once more whether it is.
 *
 * What it costs, as long as threads finish in turn: two loads and a store of shared words a run of frames by
 * one thread.
 *
 * Invariant: frames before `next` have left; an entry is written only for frames next … next + count - 1.
 */
import { assert, assertPowerOfTwo } from '../../../dominoes/memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../../../dominoes/memory/region.ts'
import type { Signal } from '../../../dominoes/memory/signal.ts'

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

/**
 * Most frames that are transmitted before `next` is stored; their builders' buffers stay in use until then. A
 * power of two.
 */
const saidTogether = 8

/** Writes a frame to a device, whatever comes of it. */
export type WriteFrame = (at: number, length: number) => void

export class Turnstile {
  readonly #words: Int32Array
  readonly #next: number
  readonly #entries: number
  readonly #count: number
  readonly #moved: Signal
  readonly #write: WriteFrame
  readonly #flush: () => void
  /** `next` when this thread last looked, or the frame whose turn it keeps; it only grows. */
  #seen: number
  /** This thread has the turn, and did not say so. */
  #keepsTurn = false

  /**
   * One per thread; `moved` is notified whenever a frame left: where threads sleep that wait for that. `flush` sends what
   * the device kept of the frames written: before another thread has the turn, whose frames would overtake them.
   */
  constructor(
    region: Region,
    layout: TurnstileLayout,
    moved: Signal,
    write: WriteFrame,
    flush: () => void = () => {},
  ) {
    this.#words = region.words
    this.#next = layout.baseWord + TurnstileWord.next
    this.#entries = layout.baseWord + TurnstileWord.entries
    this.#count = layout.count
    this.#moved = moved
    this.#write = write
    this.#flush = flush
    this.#seen = this.#look()
  }

  /**
   * Whether the frame is the next to leave. If it is, it stays so until this thread comes with it: nobody else has it, and what
   * is transmitted until then leaves in its place.
   */
  hasTurn(frame: number): boolean {
    return this.#keepsTurn ? frame === this.#seen : this.#look() === frame
  }

  hasLeft(frame: number): boolean {
    return this.#isBefore(frame, 0)
  }

  /** Whether a frame that has not left can be left here. */
  hasRoom(frame: number): boolean {
    return this.#isBefore(frame, this.#count)
  }

  /**
   * Transmits a frame for which there is room if it has its turn, and what waits for it to leave; leaves it
   * here otherwise. True if it has left; the bytes must stay as they are until then. `isFollowed`: this
   * thread comes with the next frame at once, and waits for nothing in between.
   */
  leave(frame: number, at: number, length: number, isFollowed: boolean): boolean {
    assert(!this.#keepsTurn || frame === this.#seen, 'a frame came in place of the one that has the turn')
    if (!this.#keepsTurn && this.#look() !== frame) {
      const words = this.#words
      const entry = this.#entryOf(frame)
      words[entry + EntryWord.at] = at
      words[entry + EntryWord.length] = length
      Atomics.store(words, entry + EntryWord.stamp, (frame + 1) | 0)
      if (this.#look() !== frame || !this.#take(frame)) return false
    }
    this.#write(at, length)
    this.#keepsTurn = isFollowed
    if (isFollowed) this.#seen = (frame + 1) | 0
    else this.#passOn(frame)
    return true
  }

  /** Gives the turn to the frame after one that was transmitted, and transmits what is here. */
  #passOn(transmitted: number): void {
    const words = this.#words
    for (let frame = (transmitted + 1) | 0; ; frame = (frame + 1) | 0) {
      const isHere = this.#isHere(frame)
      if (!isHere || (frame & (saidTogether - 1)) === 0) this.#giveTurnTo(frame)
      if (!isHere && !this.#isHere(frame)) return
      if (!this.#take(frame)) return
      const entry = this.#entryOf(frame)
      this.#write(words[entry + EntryWord.at] as number, words[entry + EntryWord.length] as number)
    }
  }

  #giveTurnTo(frame: number): void {
    this.#flush()
    this.#seen = frame
    Atomics.store(this.#words, this.#next, frame)
    this.#moved.notify()
  }

  #isHere(frame: number): boolean {
    return Atomics.load(this.#words, this.#entryOf(frame) + EntryWord.stamp) === ((frame + 1) | 0)
  }

  /** Takes a frame that is here; false if another thread did. */
  #take(frame: number): boolean {
    const at = this.#entryOf(frame) + EntryWord.stamp
    const stamp = (frame + 1) | 0
    return Atomics.compareExchange(this.#words, at, stamp, frame) === stamp
  }

  /** Whether a frame is before `next + lead`: looks only if what was last seen does not tell. */
  #isBefore(frame: number, lead: number): boolean {
    if (((frame - this.#seen - lead) | 0) < 0) return true
    return !this.#keepsTurn && ((frame - this.#look() - lead) | 0) < 0
  }

  #look(): number {
    this.#seen = Atomics.load(this.#words, this.#next)
    return this.#seen
  }

  #entryOf(frame: number): number {
    return this.#entries + (frame & (this.#count - 1)) * entryWords
  }
}
