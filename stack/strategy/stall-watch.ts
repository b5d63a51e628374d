/**
 * Which replicas stall: those that have not moved for the limit, while another replica is ahead of them. Whoever is at
 * the front, or has not begun (a thread takes its time to start), does not stall. Application's thread only, by the clock that it is given.
 */
import type { Channel } from '../dominoes/channel.ts'

interface Seen {
  readonly position: number
  readonly since: number
  readonly hasBegun: boolean
}

export class StallWatch {
  readonly #channel: Pick<Channel, 'positionOf'>
  readonly #limitMillis: number
  readonly #seen = new Map<number, Seen>()

  constructor(channel: Pick<Channel, 'positionOf'>, limitMillis: number) {
    this.#channel = channel
    this.#limitMillis = limitMillis
  }

  /** Those of the `living` that stall, to be called every now and then. */
  stalled(living: readonly number[], nowMillis = performance.now()): number[] {
    const positions = living.map((replica) => this.#channel.positionOf(replica))
    return living.filter((replica, k) => {
      const position = positions[k] as number
      const isBehind = positions.some((other) => ((other - position) | 0) > 0)
      const before = this.#seen.get(replica)
      if (before !== undefined && isBehind && before.position === position) {
        return before.hasBegun && nowMillis - before.since > this.#limitMillis
      }
      const hasBegun = before !== undefined && (before.hasBegun || before.position !== position)
      this.#seen.set(replica, { position, since: nowMillis, hasBegun })
      return false
    })
  }

  /** A replica's thread starts. */
  begin(replica: number): void {
    this.#seen.delete(replica)
  }

  /** Whoever stood still until now had another reason. */
  excuse(nowMillis = performance.now()): void {
    for (const [replica, seen] of this.#seen) this.#seen.set(replica, { ...seen, since: nowMillis })
  }
}
