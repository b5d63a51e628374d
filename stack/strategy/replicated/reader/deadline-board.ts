/**
 * How a thread that only reads knows when a timer is due: every replica says here, after each request, how far it is
 * and what its state's next deadline then was. The reader, who alone publishes, believes one that has applied all.
 *
 *   word      0  awaited    1 while the reader sleeps without knowing a deadline    the reader sets it; whoever
 *                                                                                   knows one takes it back
 *   ── line, one per replica ──────────────────────────────────────────────────────────────────────────
 *    32 + 32 r   position   index after the last request that replica r applied     replica r's thread
 *          + 1   deadline   time of its next timer, microseconds                    the same, before the position
 *          + 2   isArmed    1 if there is such a timer                              the same, before the position
 *
 * Why the entry that the reader uses is right: only the reader moves the tail. So while it looks, no position
 * passes the tail, and the entry of a replica that is at the tail does not change. Two such entries are
 * equal, since the states are. Why the reader does not sleep through a deadline: it sets `awaited` before it
 * looks for the last time, and a replica looks at `awaited` after it stored its position. One of them sees
 * the other.
 */
import { noDeadline } from '../../../dominoes/contract/domain.ts'
import { lineBytes, lineWords, type Region, type RegionPlan } from '../../../dominoes/memory/region.ts'
import { maximumGapMicros } from '../../../protocol/config.ts'

const BoardWord = { awaited: 0, replicas: lineWords } as const
const EntryWord = { position: 0, deadline: 1, isArmed: 2 } as const

export interface DeadlineLayout {
  readonly baseWord: number
  readonly replicas: number
}

export function planDeadlines(plan: RegionPlan, replicas: number): DeadlineLayout {
  return { baseWord: plan.reserve((1 + replicas) * lineBytes) / 4, replicas }
}

/** On zeroed memory, before any thread uses it: no replica has applied anything, the first request is `firstIndex`. */
export function initialiseDeadlines(region: Region, layout: DeadlineLayout, firstIndex: number): void {
  for (let replica = 0; replica < layout.replicas; replica++) {
    region.words[entryOf(layout, replica) + EntryWord.position] = firstIndex
  }
}

function entryOf(layout: DeadlineLayout, replica: number): number {
  return layout.baseWord + BoardWord.replicas + replica * lineWords
}

/** Not known yet: no replica is where the tail is. */
export const unknownDeadline = -1

export class DeadlineBoard {
  readonly #words: Int32Array
  readonly #layout: DeadlineLayout

  constructor(region: Region, layout: DeadlineLayout) {
    this.#words = region.words
    this.#layout = layout
  }

  /**
   * Replica's thread: it has applied all before `position`, and its next timer is `micros` after `timeMicros`;
   * `noDeadline` if there is none. True if the reader, which may sleep, has to be woken to hear of it.
   */
  post(replica: number, position: number, timeMicros: number, micros: number, tail: number): boolean {
    const words = this.#words
    const entry = entryOf(this.#layout, replica)
    words[entry + EntryWord.deadline] = (timeMicros + micros) | 0
    words[entry + EntryWord.isArmed] = micros === noDeadline ? 0 : 1
    Atomics.store(words, entry + EntryWord.position, position)
    const awaited = this.#layout.baseWord + BoardWord.awaited
    return (
      position === tail &&
      Atomics.load(words, awaited) !== 0 &&
      Atomics.compareExchange(words, awaited, 1, 0) === 1
    )
  }

  /** Reader's thread: microseconds to the next timer of a state that has everything before `tail`. */
  microsUntil(tail: number, nowMicros: number): number {
    const words = this.#words
    for (let replica = 0; replica < this.#layout.replicas; replica++) {
      const entry = entryOf(this.#layout, replica)
      if (Atomics.load(words, entry + EntryWord.position) !== tail) continue
      if (words[entry + EntryWord.isArmed] === 0) return noDeadline
      const micros = ((words[entry + EntryWord.deadline] as number) - nowMicros) | 0
      // No timer is set that far ahead, so the process was stopped and the deadline is past.
      return micros > maximumGapMicros ? 0 : Math.max(0, micros)
    }
    return unknownDeadline
  }

  /** Reader's thread, before it looks for the last time; and, with false, once it is awake. */
  setAwaited(isAwaited: boolean): void {
    Atomics.store(this.#words, this.#layout.baseWord + BoardWord.awaited, isAwaited ? 1 : 0)
  }
}
