/**
 * A stack's thread on a virtual core: rounds of the strategy's real loop, and a model of the idle strategy: after
 * some rounds that find nothing, the thread sleeps until something happens.
 */
import type { StrategyThread } from '../../strategy/strategy.ts'
import type { DrawnCosts } from './costs.ts'
import type { Steppable, VirtualThread } from './virtual-thread.ts'

/**
 * Idle rounds before a thread sleeps, if threads share processors: first those that spin, then those that give the
 * processor away, as by the stack's defaults. A round counts by the loop's `idleWeight`. A thread with a processor of
 * its own spins forever.
 */
export const spinsWhereShared = 8
const yieldsWhereShared = 100
/**
 * After `roundsBeforeLeap` idle rounds, one step stands for several: if many threads spin, most steps are idle
 * rounds.
 */
const roundsPerStep = 8
const roundsBeforeLeap = 16
const longestSleepMicros = 100_000
/** A thread that waits for another thread's progress sleeps this long, then looks again. */
const blockedNanos = 20_000

export interface SleepingPlace {
  /** Lets the thread mind the device unless another thread does; returns whether it does now. */
  tryMind(thread: VirtualThread): boolean
  /** The thread runs again, and no longer minds the device. */
  stopMinding(thread: VirtualThread): void
  /** Whether there is something to read or a request posted. */
  hasInput(now: number): boolean
  /** Whether a publication wakes threads that sleep without minding the device. */
  readonly isTold: boolean
  /** Whether this thread has handled everything published. True if there is no channel. */
  isCaughtUp(): boolean
}

export class CoreThread implements Steppable {
  readonly #loop: StrategyThread
  readonly #costs: DrawnCosts
  readonly #place: SleepingPlace
  /** Whether the domain did anything since it was last asked. */
  readonly #hasWorked: () => boolean
  readonly #spins: number
  #idleRounds = 0

  /** `spins`: idle rounds before it gives the processor away. */
  constructor(
    loop: StrategyThread,
    costs: DrawnCosts,
    place: SleepingPlace,
    spins: number,
    hasWorked: () => boolean,
  ) {
    this.#spins = spins
    this.#loop = loop
    this.#costs = costs
    this.#place = place
    this.#hasWorked = hasWorked
  }

  step(thread: VirtualThread): void {
    this.#place.stopMinding(thread)
    const work = this.#loop.doWork()
    if (this.#hasWorked() || work > 0) {
      this.#idleRounds = 0
      return
    }
    const rounds = this.#idleRounds < roundsBeforeLeap ? 1 : roundsPerStep
    const { idleNanos, readEmptyNanos } = this.#costs.nanos
    // If no other thread wants the processor, giving it away is a system call without effect: it costs about an empty
    // read.
    thread.spend(rounds * (this.#idleRounds < this.#spins ? idleNanos : readEmptyNanos))
    this.#idleRounds += rounds * (this.#loop.idleWeight ?? 1)
    if (this.#idleRounds < this.#spins + yieldsWhereShared) return
    if (!this.#place.isCaughtUp()) {
      thread.sleep(blockedNanos)
      return
    }
    const minds = this.#place.tryMind(thread)
    if (!minds && !this.#place.isTold) {
      thread.sleep(blockedNanos)
      return
    }
    if (minds && this.#place.hasInput(thread.clock)) {
      thread.sleep(0)
      return
    }
    const now = (thread.clock / 1000) | 0
    const deadline = minds ? this.#loop.microsUntilDeadline(now) : longestSleepMicros
    thread.sleep(Math.min(longestSleepMicros, Math.max(1, deadline)) * 1000)
  }
}
