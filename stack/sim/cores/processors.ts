/**
 * A few processors and more threads, in virtual time: always steps the thread that can start earliest. If threads
 * outnumber processors, they share them fairly, as in Linux: a thread that slept goes first, and a running thread is
 * replaced at the end of its slice. Preemption happens between steps, which are short.
 *
 * Invariant: at any virtual time at most `count` threads run.
 */
import type { VirtualThread } from './virtual-thread.ts'

/**
 * How far a running thread may be ahead in fair time before it is replaced: by a thread that waits, by one that just
 * woke.
 */
const sliceNanos = 3e6
const wakeUpNanos = 0
const switchNanos = 1500

interface Processor {
  thread: VirtualThread | undefined
  /** When it became idle, or changed threads. */
  freeAt: number
}

export class Processors {
  readonly #processors: Processor[]
  readonly #threads: readonly VirtualThread[]
  /** Every thread has a processor: none waits for one, and none is replaced. */
  readonly #hasRoom: boolean
  readonly #placed = new Map<VirtualThread, Processor>()
  readonly #wokeUp = new Set<VirtualThread>()
  /** The thread being stepped; costs are charged to it. */
  current: VirtualThread

  constructor(count: number, threads: readonly VirtualThread[]) {
    this.#processors = Array.from({ length: count }, () => ({ thread: undefined, freeAt: 0 }))
    this.#threads = threads
    this.#hasRoom = threads.length <= count
    this.current = threads[0] as VirtualThread
  }

  /** Time of the thread that was stepped last. */
  get nowNanos(): number {
    return this.current.clock
  }

  /** Nothing can happen any more before this time. */
  earliestNanos(): number {
    return Math.min(...this.#threads.map((thread) => thread.asleepUntil ?? thread.clock))
  }

  /** Processor time that each thread used so far. */
  usedNanos(): Record<string, number> {
    return Object.fromEntries(this.#threads.map((thread) => [thread.name, thread.usedNanos]))
  }

  /** Steps one thread; false if all sleep forever. */
  step(): boolean {
    if (this.#hasRoom) {
      const first = this.#earliestOfAll()
      if (first !== undefined) this.#run(first)
      return first !== undefined
    }
    const next = this.#earliest()
    if (next === undefined) return false
    const thread = this.#yieldTo(next)
    if (thread === undefined) return true
    this.#run(thread)
    if (thread.asleepUntil !== undefined) this.#release(thread)
    return true
  }

  #run(thread: VirtualThread): void {
    this.current = thread
    const before = thread.clock
    thread.body?.step(thread)
    const used = thread.clock - before
    thread.usedNanos += used
    thread.fairNanos += used
  }

  /**
   * `#earliest` if every thread has a processor: only time decides. Each step looks through dozens of threads, so
   * this has to be fast.
   */
  #earliestOfAll(): VirtualThread | undefined {
    let best: VirtualThread | undefined
    let bestStart = Number.POSITIVE_INFINITY
    for (let k = 0; k < this.#threads.length; k++) {
      const thread = this.#threads[k] as VirtualThread
      const start = thread.asleepUntil ?? thread.clock
      if (start >= bestStart) continue
      best = thread
      bestStart = start
    }
    if (best?.asleepUntil !== undefined) this.#awake(best, best.asleepUntil)
    return best
  }

  /** The thread that can start first: one on a processor, or one for which a processor is idle. */
  #earliest(): VirtualThread | undefined {
    const idle = this.#idleProcessor()
    let best: VirtualThread | undefined
    let bestStart = Number.POSITIVE_INFINITY
    for (const thread of this.#threads) {
      const placed = this.#placed.has(thread)
      // A sleeper has to wake even if no processor is idle: it may replace a running thread.
      if (!placed && idle === undefined && thread.asleepUntil === undefined) continue
      const ready = thread.asleepUntil ?? thread.clock
      const start = placed ? ready : Math.max(ready, idle?.freeAt ?? 0)
      if (start >= bestStart) continue
      best = thread
      bestStart = start
    }
    if (best === undefined) return undefined
    if (best.asleepUntil !== undefined) this.#awake(best, best.asleepUntil)
    if (!this.#placed.has(best)) {
      if (idle === undefined) return best
      best.clock = Math.max(best.clock, idle.freeAt)
      this.#place(best, idle)
    }
    return best
  }

  /** Wakes a thread at `at`. Every wake-up comes here, because fair time has to be adjusted. */
  wake(thread: VirtualThread, at: number): void {
    if (thread.asleepUntil !== undefined) this.#awake(thread, at)
  }

  #awake(thread: VirtualThread, at: number): void {
    thread.wake(at)
    let least = Number.POSITIVE_INFINITY
    for (const each of this.#placed.keys()) least = Math.min(least, each.fairNanos)
    if (least < Number.POSITIVE_INFINITY) thread.fairNanos = Math.max(thread.fairNanos, least - sliceNanos)
    this.#wokeUp.add(thread)
  }

  /** The thread to run now: `thread`, or one that is due to replace it. Undefined if `thread` has no processor. */
  #yieldTo(thread: VirtualThread): VirtualThread | undefined {
    const processor = this.#placed.get(thread)
    // Awake, but all processors are taken: it waits until it can replace a running thread between two steps.
    if (processor === undefined) return undefined
    let due: VirtualThread | undefined
    for (const waiting of this.#threads) {
      if (waiting.asleepUntil !== undefined || this.#placed.has(waiting)) continue
      if (waiting.clock > thread.clock) continue
      const ahead = thread.fairNanos - waiting.fairNanos
      if (ahead < (this.#wokeUp.has(waiting) ? wakeUpNanos : sliceNanos)) continue
      if (due === undefined || waiting.fairNanos < due.fairNanos) due = waiting
    }
    if (due === undefined) return thread
    this.#placed.delete(thread)
    due.clock = thread.clock + switchNanos
    this.#place(due, processor)
    return due
  }

  #place(thread: VirtualThread, processor: Processor): void {
    processor.thread = thread
    this.#placed.set(thread, processor)
    this.#wokeUp.delete(thread)
  }

  #release(thread: VirtualThread): void {
    const processor = this.#placed.get(thread)
    if (processor === undefined) return
    processor.thread = undefined
    processor.freeAt = thread.clock
    this.#placed.delete(thread)
  }

  #idleProcessor(): Processor | undefined {
    let idle: Processor | undefined
    for (const each of this.#processors) {
      if (each.thread === undefined && (idle === undefined || each.freeAt < idle.freeAt)) idle = each
    }
    return idle
  }
}
