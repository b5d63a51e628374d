/**
 * Which replicas stall: those that have not moved for the limit, while another replica is ahead of them. Whoever is at
 * the front, or has not begun (a thread takes its time to start), does not stall. Application's thread only.
 *
 * The limit is in watched time: a span in which nobody looked counts as two looks at most. After the whole
 * process was stopped, or had no processor, all replicas are where they were long ago, and none of them
 * stalls.
 */
import type { Channel } from '../../dominoes/channel/channel.ts'

interface Seen {
  readonly position: number
  /** Watched time when it was first seen there. */
  readonly since: number
  readonly hasBegun: boolean
}

export class StallWatch {
  readonly #channel: Pick<Channel, 'positionOf'>
  readonly #limitMillis: number
  readonly #lookMillis: number
  readonly #seen = new Map<number, Seen>()
  #lookedAt = Number.POSITIVE_INFINITY
  /** The watched time, in milliseconds. */
  #watched = 0

  /** `lookMillis`: time from one look to the next, as long as the process gets what it asks for. */
  constructor(channel: Pick<Channel, 'positionOf'>, limitMillis: number, lookMillis: number) {
    this.#channel = channel
    this.#limitMillis = limitMillis
    this.#lookMillis = lookMillis
  }

  /** A look: those of the `living` that stall. */
  stalled(living: readonly number[], nowMillis = performance.now()): number[] {
    this.#watched += Math.max(0, Math.min(nowMillis - this.#lookedAt, 2 * this.#lookMillis))
    this.#lookedAt = nowMillis
    const watched = this.#watched
    const positions = living.map((replica) => this.#channel.positionOf(replica))
    return living.filter((replica, k) => {
      const position = positions[k] as number
      const isBehind = positions.some((other) => ((other - position) | 0) > 0)
      const before = this.#seen.get(replica)
      if (before !== undefined && isBehind && before.position === position) {
        return before.hasBegun && watched - before.since > this.#limitMillis
      }
      const hasBegun = before !== undefined && (before.hasBegun || before.position !== position)
      this.#seen.set(replica, { position, since: watched, hasBegun })
      return false
    })
  }

  /** A replica's thread starts. */
  begin(replica: number): void {
    this.#seen.delete(replica)
  }

  /** Restarts every replica's time: until now they stood still for another reason. */
  excuse(): void {
    for (const [replica, seen] of this.#seen) this.#seen.set(replica, { ...seen, since: this.#watched })
  }
}
