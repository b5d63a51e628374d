/**
 * The order of batches, and how far each thread is: what keeps message parallelism from reordering frames, and the
 * application from overwriting bytes that are still being transmitted.
 *
 *   word   0  next       ticket of the next batch to be read               the holder of the producer role
 *          1  applied    index of the next request to be applied           the holder of the lock
 *   ── line, one a thread ─────────────────────────────────────────────────────────────────────────────
 *     32 (t+1)  ticket   of the batch that the thread has read              that thread
 *          + 1  pending  1 while that batch is not applied                 that thread
 *          + 2  index    of the first request whose actions it performs    that thread, holding the lock
 *          + 3  busy     1 while it performs them                          that thread
 *          + 4  mail     1 if that batch has requests of the application   that thread, before `pending`
 *
 * A batch's turn has come when no thread has an older one pending. Tickets are taken while the producer role is held,
 * so a thread that has ticket n sees every older one that is pending. Frames may be applied out of turn, as a network
 * reorders, too. What the application posted may not: its requests refer to those before them.
 *
 * A request i is passed when it is applied and no busy thread's index is at or before i: `busy` is set before
 * the lock is given up, so whoever learns of a later request sees it. Indices and tickets wrap; compared by
 * signed differences.
 */
import { lineBytes, lineWords, type RegionPlan } from '../../dominoes/memory/region.ts'

const BoardWord = { next: 0, applied: 1 } as const
const ThreadWord = { ticket: 0, pending: 1, index: 2, busy: 3, mail: 4 } as const

export function planOrderBoard(plan: RegionPlan, threads: number): number {
  return plan.reserve((threads + 1) * lineBytes) / 4
}

export class OrderBoard {
  readonly #words: Int32Array
  readonly #base: number
  readonly #threads: number

  constructor(words: Int32Array, baseWord: number, threads: number) {
    this.#words = words
    this.#base = baseWord
    this.#threads = threads
  }

  /**
   * Holder of the producer role only: this thread has read a batch, the next in order. `hasMail`: some of it was posted by
   * the application.
   */
  takeTicket(thread: number, hasMail: boolean): void {
    const words = this.#words
    const ticket = words[this.#base + BoardWord.next] as number
    words[this.#base + BoardWord.next] = (ticket + 1) | 0
    const line = this.#lineOf(thread)
    words[line + ThreadWord.ticket] = ticket
    words[line + ThreadWord.mail] = hasMail ? 1 : 0
    Atomics.store(words, line + ThreadWord.pending, 1)
  }

  /** Holder of the producer role only: ticket of the batch that is read now, or next. */
  get nextTicket(): number {
    return this.#words[this.#base + BoardWord.next] as number
  }

  /**
   * Holder of the producer role only: whether the batch with this ticket was applied and performed. Its
   * thread sets `busy` before it clears `pending`, and reads no other batch before it is done with this one.
   */
  isBatchDone(ticket: number): boolean {
    if (ticket === this.nextTicket) return false
    const words = this.#words
    for (let thread = 0; thread < this.#threads; thread++) {
      const line = this.#lineOf(thread)
      if (Atomics.load(words, line + ThreadWord.ticket) !== ticket) continue
      if (Atomics.load(words, line + ThreadWord.pending) !== 0) return false
      if (Atomics.load(words, line + ThreadWord.busy) !== 0) return false
    }
    return true
  }

  /** Whether everything that was read before this thread's batch has been applied. */
  isTurnOf(thread: number): boolean {
    return !this.#isBehind(thread, false)
  }

  /** Whether this thread's batch may be applied before older ones: unless it would reorder what the application posted. */
  mayOvertake(thread: number): boolean {
    return this.#words[this.#lineOf(thread) + ThreadWord.mail] === 0 || !this.#isBehind(thread, true)
  }

  /** Whether a batch older than this thread's is not applied: any, or one with mail. */
  #isBehind(thread: number, mailOnly: boolean): boolean {
    const words = this.#words
    const ticket = words[this.#lineOf(thread) + ThreadWord.ticket] as number
    for (let other = 0; other < this.#threads; other++) {
      if (other === thread) continue
      const line = this.#lineOf(other)
      if (Atomics.load(words, line + ThreadWord.pending) === 0) continue
      if (mailOnly && Atomics.load(words, line + ThreadWord.mail) === 0) continue
      if (((Atomics.load(words, line + ThreadWord.ticket) - ticket) | 0) < 0) return true
    }
    return false
  }

  /** This thread's batch is applied. */
  endTurn(thread: number): void {
    Atomics.store(this.#words, this.#lineOf(thread) + ThreadWord.pending, 0)
  }

  /** Holder of the lock only: index of the next request to be applied. */
  get applied(): number {
    return this.#words[this.#base + BoardWord.applied] as number
  }

  set applied(index: number) {
    this.#words[this.#base + BoardWord.applied] = index
  }

  /** Holder of the lock only: this thread has actions of requests from `index` on to perform. */
  startPerforming(thread: number, index: number): void {
    const line = this.#lineOf(thread)
    this.#words[line + ThreadWord.index] = index
    Atomics.store(this.#words, line + ThreadWord.busy, 1)
  }

  donePerforming(thread: number): void {
    Atomics.store(this.#words, this.#lineOf(thread) + ThreadWord.busy, 0)
  }

  /** Whether all actions of request `index`, and of all applied before it, are done. For one that is applied. */
  hasPassed(index: number): boolean {
    const words = this.#words
    for (let thread = 0; thread < this.#threads; thread++) {
      const line = this.#lineOf(thread)
      if (Atomics.load(words, line + ThreadWord.busy) === 0) continue
      if (((Atomics.load(words, line + ThreadWord.index) - index) | 0) <= 0) return false
    }
    return true
  }

  #lineOf(thread: number): number {
    return this.#base + (thread + 1) * lineWords
  }
}
