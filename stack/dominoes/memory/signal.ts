/**
 * A place to sleep until something changes, without locks and without lost wake-ups: an event count.
 *
 *   word 0   sequence << 1 | someone may be waiting
 *
 * The one who waits:                      The one who changes something:
 *
 *     const token = signal.prepare()          Atomics.store(words, thing, changed)
 *     if (thing has changed) go on            signal.notify()
 *     signal.wait(token, micros)
 *
 * Why no wake-up is lost: `prepare` sets the waiting bit before the waiter looks at the thing, and the other side
 * changes the thing before it looks at the bit. All four are sequentially consistent, so at least one of them sees
 * the other. If it is the notifier, it moves the sequence on, and `wait` with the older token returns at once or is
 * woken. The thing must therefore be changed by `Atomics.store` (or another atomic): a plain store may pass the
 * load of the bit.
 *
 * Nobody has to undo `prepare`. A thread that prepared and went on, or was killed, costs the next notifier
 * one wasted wake-up. Any thread may call anything. Invariant: the bit is set while anyone sleeps here.
 */
import { lineBytes, type Region, type RegionPlan } from './region.ts'

/** Reserves a signal on a line of its own; returns its word offset. Zeroed memory is a signal at rest. */
export function planSignal(plan: RegionPlan): number {
  return plan.reserve(lineBytes) / 4
}

const waitingBit = 1

export class Signal {
  readonly #words: Int32Array
  readonly #at: number

  constructor(region: Region, atWord: number) {
    this.#words = region.words
    this.#at = atWord
  }

  /** Announces that this thread is about to wait; look at the awaited thing after this, then `wait`. */
  prepare(): number {
    return Atomics.or(this.#words, this.#at, waitingBit) | waitingBit
  }

  /**
   * Sleeps until a notification after `prepare`, at most `micros` microseconds (may be Infinity).
   * False: the time ran out. May return early; look again at what was awaited.
   */
  wait(token: number, micros: number): boolean {
    return Atomics.wait(this.#words, this.#at, token, micros / 1000) !== 'timed-out'
  }

  /** `wait` for a thread that must not block. Keeps no event loop alive by itself. */
  async waitAsync(token: number, micros: number): Promise<boolean> {
    const waiting = Atomics.waitAsync(this.#words, this.#at, token, micros / 1000)
    return (waiting.async ? await waiting.value : waiting.value) !== 'timed-out'
  }

  /** Wakes all who wait, even those whom a notifier that was killed had begun to wake. Not for the hot path. */
  wake(): void {
    Atomics.add(this.#words, this.#at, 2)
    Atomics.notify(this.#words, this.#at)
  }

  /**
   * Wakes all who wait; one atomic load when nobody does. True if anyone may have been waiting: the caller
   * can then end a wait that takes place elsewhere, in a device for instance.
   */
  notify(): boolean {
    const words = this.#words
    const at = this.#at
    const seen = Atomics.load(words, at)
    if ((seen & waitingBit) === 0) return false
    // Losing this race is fine: another notifier, who also comes after our change, moved the sequence on.
    Atomics.compareExchange(words, at, seen, (seen + 1) | 0)
    Atomics.notify(words, at)
    return true
  }
}
