/**
 * A stack's thread on a virtual core: rounds of the strategy's real loop, and in the place of the idle strategy a
 * model of it: rounds that find nothing, then sleep until something happens.
 */
import type { StrategyThread } from '../../strategy/strategy.ts'
import type { DrawnCosts } from './costs.ts'
import type { Steppable, VirtualThread } from './virtual-thread.ts'

/**
 * Idle rounds before a thread sleeps, where threads share processors; those that asked the source count by their weight.
 * The first spin, the others give the processor away, as by the stack's defaults. A thread with a processor of its own
 * spins for ever.
 */
export const spinsWhereShared = 8
const yieldsWhereShared = 100
/** One step stands for several idle rounds once there were many: they are most of the steps where many spin. */
const roundsPerStep = 8
const roundsBeforeLeap = 16
const longestSleepMicros = 100_000
/** A sleep for want of somebody else's progress ends by itself. */
const blockedNanos = 20_000

export interface SleepingPlace {
  /** Whether this thread may mind the device: nobody else does. If so it does from now on. */
  tryMind(thread: VirtualThread): boolean
  /** It runs again: if it minded the device, it does so no more. */
  stopMinding(thread: VirtualThread): void
  /** Whether there is something to read or a request posted. */
  hasInput(now: number): boolean
  /** Whether a publication wakes those that sleep without minding the device. */
  readonly isTold: boolean
  /** Whether everything published is done by this thread. True where nothing is published. */
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
    // Giving away a processor that nobody wants is a system call that finds nothing.
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
