/**
 * The contract between the framework and a replicated domain. The framework knows nothing of networks:
 * a domain is state, a digest of it, and the three parts of handling a request.
 *
 *   check    work on a request's payload that must precede the state change; done by one replica
 *   apply    the deterministic state change; done by every replica, in channel order
 *   perform  the actions that apply emitted; each done by one replica
 *
 * Every method is called by the one thread that owns this replica. `apply` and `resume` read nothing but
 * the state and the slot: no clock, no randomness, no I/O, no allocation.
 */
import type { ActionQueue } from './action-queue.ts'

export interface Domain {
  /** Filled by `apply` and `resume`; the framework claims and performs what is in it, then clears it. */
  readonly actions: ActionQueue

  /** Whether the request in this slot has to be checked before it can be applied. Constant per request. */
  needsCheck(slot: number): boolean

  /** Checks the payload, writes what it decoded to the slot's head; returns a verdict other than 0. */
  check(slot: number): number

  /** Applies the request. Stops emitting when the queue is full and then answers true to `hasMore`. */
  apply(slot: number): void

  /** Whether the request just applied has further actions to emit. */
  hasMore(): boolean

  /** Goes on emitting where `apply` or `resume` stopped, after the queue was cleared. */
  resume(): void

  /**
   * Performs the action at word offset `action` of the queue for the request in `slot`.
   * False: it cannot be done yet (its receiver is behind); the framework calls again later.
   */
  perform(action: number, slot: number): boolean

  /** Microseconds from `nowMicros` to the next timer, 0 if one is due, `noDeadline` if none is armed. */
  microsUntilDeadline(nowMicros: number): number

  /** 32-bit hash of all state that is live. Equal on all replicas at equal channel index. */
  digest(): number

  /**
   * Between two requests: copies everything that `apply` reads to the same places of another instance's state, which
   * is as long as this one's. That instance then goes on exactly as this one would.
   */
  copyState(target: Int32Array): void
}

/** Larger than any timer: about 18 minutes, well inside the 35 that wrapping 32-bit time can compare. */
export const noDeadline = 0x3fffffff

/** Where requests come from when nothing else is to be done: devices, mailboxes, the clock. */
export interface Source {
  /**
   * Called by the thread that holds the producer role. Fills and publishes what is at hand, at most the
   * channel's free slots, never waiting; returns how many requests were published.
   */
  poll(): number

  /** Blocks this thread until there may be something to poll, for at most `micros`. */
  wait(micros: number): void
}
