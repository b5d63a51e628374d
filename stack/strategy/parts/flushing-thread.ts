/**
 * A strategy's thread over a device that keeps frames until they are flushed: it flushes after each round, when nothing more
 * is to be done at once. Within a round, a device flushes itself when it has many.
 *
 * Invariant: a thread sleeps with no frame of its own unsent. A thread sleeps between rounds; or within one, or while it
 * parks, after an action could not be performed, and then the domain has flushed (`NetworkDomain.perform`).
 */
import type { Device } from '../../device/device.ts'
import { flushFrames } from '../perform/transmitter.ts'
import type { StrategyThread } from '../strategy.ts'

/** `countersAt`: word offset of the thread's counters. The thread itself if there is nothing to flush. */
export function flushing(
  thread: StrategyThread,
  device: Device,
  words: Int32Array,
  countersAt: number,
): StrategyThread {
  return device.flush === undefined ? thread : new FlushingThread(thread, device, words, countersAt)
}

class FlushingThread implements StrategyThread {
  readonly #thread: StrategyThread
  readonly #device: Device
  readonly #words: Int32Array
  readonly #countersAt: number

  constructor(thread: StrategyThread, device: Device, words: Int32Array, countersAt: number) {
    this.#thread = thread
    this.#device = device
    this.#words = words
    this.#countersAt = countersAt
  }

  get idleWeight(): number {
    return this.#thread.idleWeight ?? 1
  }

  get isFinished(): boolean {
    return this.#thread.isFinished
  }

  finish(): void {
    this.#thread.finish()
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#thread.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    const work = this.#thread.doWork()
    flushFrames(this.#device, this.#words, this.#countersAt)
    return work
  }

  /** Whoever was woken may have performed something before it returns, and may be finished. */
  park(micros: number): void {
    this.#thread.park(micros)
    flushFrames(this.#device, this.#words, this.#countersAt)
  }
}
