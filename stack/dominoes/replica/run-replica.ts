/** The loop of a replica's thread: until the channel is closed and everything in it is done here, or it is to leave. */
import type { Idle } from './idle.ts'
import type { Replica } from './replica.ts'

/**
 * Blocks the calling thread. Leaves the final digest on the board when it returns, unless the replica left
 * before the end.
 */
export function runReplica(replica: Replica, idle: Idle): void {
  while (!replica.isFinished) {
    idle.idle(replica.doWork())
    if (replica.hasLeft) return
  }
  replica.recordFinalDigest()
}
