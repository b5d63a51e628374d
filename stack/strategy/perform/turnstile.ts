/**
 * The turnstile of ordered emission: frames are built by many threads at once and leave one after the other, in the
 * order of their frame numbers. Who finishes a frame out of turn leaves it here and goes on; whoever completes the
 * frame whose turn it is transmits it, and all after it that wait.
 *
 *   word   0  next    number of the frame whose turn it is                   the holder of the role
 *   ── line ──────────────────────────────────────────────────────────────────────────────────
 *         32  role    0 free, thread + 1 while that thread transmits         compare-exchange; any thread
 *   ── lines, four words an entry: frame f has entry f mod count ─────────────────────────────
 *    64 + 4 e  stamp   f + 1 once frame f is there                           the thread that built it
 *         + 1  at      byte offset of the frame                              the same, before the stamp
 *         + 2  length  bytes                                                 the same
 *
 * Actions that are no frames have no frame number: they never come here, and hold nobody up.
 *
 * Why no frame is left lying: who leaves a frame tries the role after that. If it was taken, its holder had not given
 * it back yet, and a holder looks at the next entry once more after it did. Stores and loads of stamp, role and next
 * are sequentially consistent, so one of the two sees the other.
 *
 * Why nobody waits for ever: a thread waits only for room here or for a buffer of its own, both of which come free when
 * earlier frames leave. It takes its actions in the order of their numbers, so what it holds up comes later than what
 * it waits for. The earliest frame of all has room, and its claimant waits for nothing but a full outbox, which drains
 * in the same order. That claimants are removed with what they had in hand is ruled out elsewhere: replicas can be
 * killed where emission is relaxed only.
 *
 * Invariant: frames before `next` have left; an entry is written only for frames next … next + count - 1.
 */
import { assertPowerOfTwo } from '../../dominoes/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../../dominoes/region.ts'
import type { Signal } from '../../dominoes/signal.ts'

const TurnstileWord = { next: 0, role: lineWords, entries: 2 * lineWords } as const
const EntryWord = { stamp: 0, at: 1, length: 2 } as const
const entryWords = 4
const roleFree = 0

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
  words[layout.baseWord + TurnstileWord.role] = roleFree
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
  readonly #role: number
  readonly #entries: number
  readonly #count: number
  readonly #holder: number
  readonly #moved: Signal
  readonly #write: WriteFrame

  /** One per thread; `moved` is notified whenever a frame left: where threads sleep that wait for that. */
  constructor(region: Region, layout: TurnstileLayout, thread: number, moved: Signal, write: WriteFrame) {
    this.#words = region.words
    this.#next = layout.baseWord + TurnstileWord.next
    this.#role = layout.baseWord + TurnstileWord.role
    this.#entries = layout.baseWord + TurnstileWord.entries
    this.#count = layout.count
    this.#holder = thread + 1
    this.#moved = moved
    this.#write = write
  }

  /** Number of the frame whose turn it is: all before it have left. */
  get next(): number {
    return Atomics.load(this.#words, this.#next)
  }

  hasLeft(frame: number): boolean {
    return ((frame - this.next) | 0) < 0
  }

  /** Whether this frame, which has not left, can be left here; of one that was, whether it is here still. */
  hasRoom(frame: number): boolean {
    const lead = (frame - this.next) | 0
    return lead >= 0 && lead < this.#count
  }

  /**
   * Leaves a frame for which there is room, and transmits what has its turn unless another thread is at it. The bytes
   * must stay as they are until the frame has left.
   */
  leave(frame: number, at: number, length: number): void {
    const words = this.#words
    const entry = this.#entryOf(frame)
    words[entry + EntryWord.at] = at
    words[entry + EntryWord.length] = length
    Atomics.store(words, entry + EntryWord.stamp, (frame + 1) | 0)
    this.transmitDue()
  }

  /** Transmits all that has its turn, unless another thread is at it. */
  transmitDue(): void {
    const words = this.#words
    while (this.#isThere(this.next)) {
      if (Atomics.compareExchange(words, this.#role, roleFree, this.#holder) !== roleFree) return
      for (let frame = this.next; this.#isThere(frame); frame = (frame + 1) | 0) {
        const entry = this.#entryOf(frame)
        this.#write(words[entry + EntryWord.at] as number, words[entry + EntryWord.length] as number)
        Atomics.store(words, this.#next, (frame + 1) | 0)
        this.#moved.notify()
      }
      Atomics.store(words, this.#role, roleFree)
    }
  }

  #isThere(frame: number): boolean {
    return Atomics.load(this.#words, this.#entryOf(frame) + EntryWord.stamp) === ((frame + 1) | 0)
  }

  #entryOf(frame: number): number {
    return this.#entries + (frame & (this.#count - 1)) * entryWords
  }
}
