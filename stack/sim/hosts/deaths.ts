/**
 * Kills replicas of a simulated host at chosen steps, excludes them as a real stack does, which finishes what they
 * left, and lets them come back. Knows the threads by their numbers only.
 */
import { Channel } from '../../dominoes/channel/channel.ts'
import type { Membership } from '../../dominoes/membership/membership.ts'
import { askAdmission } from '../../dominoes/membership/orders.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { StackLayout } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters } from '../../strategy/options.ts'
import { openMembership } from '../../strategy/replicated/crew/open-crew.ts'

/** Runs a replica's rounds until it kills the replica. */
export interface Killer {
  readonly isDead: boolean
  run(round: () => void): void
}

export interface Death {
  readonly replica: number
  readonly killer: Killer
  readonly comesBack: boolean
}

export class Deaths {
  readonly #region: Region
  readonly #layout: StackLayout
  readonly #membership: Membership
  readonly #killers: Map<number, Killer>
  readonly #comeBack: Set<number>
  readonly #newcomers = new Set<number>()

  constructor(region: Region, layout: StackLayout, parameters: StackParameters, deaths: readonly Death[]) {
    const channel = new Channel(region, layout.framework.channel, layout.replicas)
    this.#region = region
    this.#layout = layout
    this.#membership = openMembership(region, layout, parameters, channel)
    this.#killers = new Map(deaths.map((death) => [death.replica, death.killer]))
    this.#comeBack = new Set(deaths.filter((death) => death.comesBack).map((death) => death.replica))
  }

  /** Runs a round of a replica's loop; undefined if it died in it. */
  run(replica: number, round: () => number): number | undefined {
    const killer = this.#killers.get(replica)
    if (killer === undefined) return round()
    let work: number | undefined
    killer.run(() => {
      work = round()
    })
    return killer.isDead ? undefined : work
  }

  /**
   * Does what the monitor of a real stack does now and then: excludes dead replicas and admits new ones. `reopen`
   * starts a replica that was admitted again. Returns whether anything was done.
   */
  attend(reopen: (replica: number) => void): boolean {
    let worked = false
    for (const [replica, killer] of this.#killers) {
      if (!killer.isDead || !this.#membership.tryExclude(replica)) continue
      worked = true
      this.#killers.delete(replica)
      if (!this.#comeBack.has(replica)) continue
      this.#membership.prepare(replica)
      askAdmission(this.#region, this.#layout.framework.membership, replica)
      this.#newcomers.add(replica)
    }
    for (const replica of this.#newcomers) {
      if (!this.#membership.tryAdmit(replica)) continue
      worked = true
      this.#newcomers.delete(replica)
      reopen(replica)
    }
    return worked
  }
}
