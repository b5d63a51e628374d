/**
 * What a monitor and the replicas tell each other about coming and going, and what a replica leaves behind if it is
 * killed. Per replica:
 *
 *   word   0  order      what the replica is to do (see `Order`)       the monitor; the replica clears it
 *          1  argument   of the order                                  the monitor, before the order
 *          2  admission  how far a newcomer is (see `Admission`)       the monitor, the newcomer, its sponsor
 *   ── line ──────────────────────────────────────────────────────────────────────────────────────────
 *         32  checking   1 from before the claim attempt; cleared       the replica
 *                        only if the claim is lost. The check may
 *                        be running or done
 *         33  checkIndex the channel index of that request              the replica, before `checking`
 *   ── line ──────────────────────────────────────────────────────────────────────────────────────────
 *         64  storage of the replica's action queue (action-queue.ts)   the replica
 *
 * Invariant: whatever a killed replica claimed and did not finish is named here: at most one check, and
 * actions of the sealed queue. Everything before its consumer position is done.
 */
import { actionQueueWords } from '../contract/action-queue.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const MembershipWord = {
  order: 0,
  argument: 1,
  admission: 2,
  checking: lineWords,
  checkIndex: lineWords + 1,
  queue: 2 * lineWords,
} as const

export const Order = {
  none: 0,
  /** End the loop. */
  leave: 1,
  /** Sleep for `argument` milliseconds, once: an experiment's stalled replica. */
  stall: 2,
  /** Copy the state to newcomer `argument`, and let the ring wait for it. */
  sponsor: 3,
} as const

export const Admission = {
  none: 0,
  /**
   * The newcomer's thread has started and waits. From now on a sponsor may join it to the ring, which then
   * waits for it.
   */
  awaited: 1,
  granted: 2,
} as const

export interface MembershipLayout {
  readonly baseWord: number
  readonly replicas: number
  /**
   * Actions that a replica's queue in the region holds. 0: queues are elsewhere, and what a killed replica
   * left cannot be finished.
   */
  readonly actionCapacity: number
}

export function planMembership(plan: RegionPlan, replicas: number, actionCapacity: number): MembershipLayout {
  const layout = { baseWord: 0, replicas, actionCapacity }
  return { ...layout, baseWord: plan.reserve(replicas * memberWords(layout) * 4) / 4 }
}

/** Word offset of what is a replica's. */
export function memberWord(layout: MembershipLayout, replica: number): number {
  return layout.baseWord + replica * memberWords(layout)
}

/** Where a replica's domain keeps its action queue, so that others can read it if the replica is killed. */
export function queueStorage(region: Region, layout: MembershipLayout, replica: number): Int32Array {
  const at = memberWord(layout, replica) + MembershipWord.queue
  return region.words.subarray(at, at + actionQueueWords(layout.actionCapacity))
}

function memberWords(layout: MembershipLayout): number {
  const words = MembershipWord.queue + actionQueueWords(layout.actionCapacity)
  return Math.ceil(words / lineWords) * lineWords
}
