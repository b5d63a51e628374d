/** What each thread counts about the lock and the order in which it is taken; kept as all counters are. */
export const LockCounter = {
  /** Times the lock was taken, and of those the times it was not free at once. */
  lockAcquired: 0,
  lockContended: 1,
  /** Rounds of looking at a lock that was held. */
  lockSpins: 2,
  /** Times a thread slept for the lock (parking only). */
  lockWaits: 3,
  /** Of one in 64 acquisitions: how many were timed, and for how many microseconds they held the lock in all. */
  lockHoldsTimed: 4,
  lockHeldMicros: 5,
  /** Rounds in which frames waited for older ones that another thread had read and not yet applied. */
  turnsWaited: 6,
  /** Batches that were applied before older ones, which had kept them waiting too long. */
  turnsOvertaken: 7,
  /** Times a thread went on emitting what another's request had left to be emitted. */
  helped: 8,
} as const
