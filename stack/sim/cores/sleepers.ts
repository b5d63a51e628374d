/**
 * Where threads on virtual cores sleep, and what wakes them: the replica loop's table (`dominoes/replica/replica.ts`)
 * in virtual time. One thread minds the device, holding the producer role; the others sleep until something is
 * published.
 *
 * Invariant: while a thread minds the device, nobody else takes the producer role.
 */
import type { SleepingPlace } from './core-thread.ts'
import type { DrawnCosts } from './costs.ts'
import type { Processors } from './processors.ts'
import type { ChannelTimes, TimedChannel } from './timed-channel.ts'
import type { VirtualTap } from './virtual-tap.ts'
import type { VirtualThread } from './virtual-thread.ts'

export class Sleepers {
  readonly #processors: Processors
  readonly #times: ChannelTimes
  readonly #tap: VirtualTap
  readonly #costs: DrawnCosts
  /** Threads that sleep until something is published. */
  readonly #waiting = new Set<VirtualThread>()
  #minder: VirtualThread | undefined
  #posted = false

  constructor(processors: Processors, times: ChannelTimes, tap: VirtualTap, costs: DrawnCosts) {
    this.#processors = processors
    this.#times = times
    this.#tap = tap
    this.#costs = costs
    times.onPublish = () => {
      this.#posted = false
      for (const thread of this.#waiting) this.wake(thread)
      this.#waiting.clear()
    }
    tap.onQueued = () => {
      if (this.#minder !== undefined) this.wake(this.#minder)
    }
  }

  /** The application posted a request. */
  onPosted(): void {
    this.#posted = true
    if (this.#minder !== undefined) this.wake(this.#minder)
  }

  /** The thread that is being stepped wakes another, and pays for it. */
  wake(thread: VirtualThread): void {
    if (thread.asleepUntil === undefined) return
    const { current } = this.#processors
    const { nanos } = this.#costs
    if (current !== thread) current.spend(nanos.notifyNanos)
    this.#processors.wake(thread, this.#processors.nowNanos + nanos.wakeNanos)
  }

  /** `channel`: the thread's own; undefined if it has none to sleep on. */
  placeOf(channel: TimedChannel | undefined, replica: number): SleepingPlace {
    return {
      tryMind: (thread) => {
        if (this.#minder !== undefined || this.#times.roleFreeAt > thread.clock) {
          this.#waiting.add(thread)
          return false
        }
        this.#minder = thread
        this.#times.roleFreeAt = Number.POSITIVE_INFINITY
        return true
      },
      stopMinding: (thread) => {
        this.#waiting.delete(thread)
        if (this.#minder !== thread) return
        this.#minder = undefined
        this.#times.roleFreeAt = thread.clock
      },
      hasInput: (now) => this.#posted || this.#tap.oldestAt <= now,
      isTold: channel !== undefined,
      isCaughtUp: () => channel === undefined || channel.tail === channel.positionOf(replica),
    }
  }
}
