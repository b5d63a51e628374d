/**
 * A thread in virtual time: its own clock in nanoseconds, which advances by what it does. The wrappers of the real
 * code (domain, channel, device) charge the thread that is being stepped.
 *
 * Invariant: the clock never runs backwards; a thread is stepped only when no other could start earlier.
 */
import type { Random } from '../../device/random.ts'
import type { DrawnCosts } from './costs.ts'

export interface Steppable {
  /** One bounded piece of work at the thread's time; it spends time, sleeps, or both. */
  step(thread: VirtualThread): void
}

export class VirtualThread {
  readonly name: string
  readonly #costs: DrawnCosts
  readonly #random: Random
  /** Nanoseconds since the world began. */
  clock = 0
  /** When it wakes by itself; undefined while it is awake. */
  asleepUntil: number | undefined
  /** Processor time used, the part of it that stalls took, and what fairness counts. */
  usedNanos = 0
  stalledNanos = 0
  fairNanos = 0
  body: Steppable | undefined

  constructor(name: string, costs: DrawnCosts, random: Random) {
    this.name = name
    this.#costs = costs
    this.#random = random
  }

  /** Does something that takes `nanos` on average. */
  spend(nanos: number): void {
    if (nanos <= 0) return
    const { scatter, stallsPerNano, stallNanos } = this.#costs
    const taken = nanos * (scatter[this.#below(scatter.length)] as number)
    this.clock += taken
    if (stallsPerNano > 0 && this.uniform() < taken * stallsPerNano && stallNanos.length > 0) {
      const stall = stallNanos[this.#below(stallNanos.length)] as number
      this.clock += stall
      this.stalledNanos += stall
    }
  }

  /** Sleeps until woken, at the latest `nanos` from now. */
  sleep(nanos: number): void {
    this.asleepUntil = this.clock + nanos
  }

  /** Wakes the thread at `at`, from when on it can run; false if it was awake already. */
  wake(at: number): boolean {
    if (this.asleepUntil === undefined) return false
    this.clock = Math.max(this.clock, Math.min(at, this.asleepUntil))
    this.asleepUntil = undefined
    return true
  }

  uniform(): number {
    return (this.#random.next() >>> 0) / 2 ** 32
  }

  #below(limit: number): number {
    return limit === 1 ? 0 : Math.floor(this.uniform() * limit)
  }
}
