/**
 * Hosts and a wire in virtual time, on one thread: all threads that are ready run; if none is, time jumps to the next
 * event. The same seed gives the same run.
 */
import type { SimHost } from './sim-host.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** What carries frames between hosts: it says when the next one arrives. */
export interface SimulatedWire {
  nextEventMicros(): number
}

/** The comparison of all hosts' digests at the end. */
export interface WorldAudit {
  readonly digestsCompared: number
  readonly divergences: number
  /** Empty if none differed. */
  readonly problems: readonly string[]
}

export class HostWorld {
  readonly clock: SimulatedClock
  readonly hosts: readonly SimHost[]
  readonly #wire: SimulatedWire

  constructor(clock: SimulatedClock, hosts: readonly SimHost[], wire: SimulatedWire) {
    this.clock = clock
    this.hosts = hosts
    this.#wire = wire
  }

  /**
   * Runs until `isDone` or until `limitMicros` of virtual time; returns whether it was done in time. If something is
   * due that cannot be done yet, because a thread waits for another, the hosts try again every `retryMicros`.
   */
  run(isDone: () => boolean, limitMicros: number, retryMicros = 1): boolean {
    const { clock, hosts } = this
    while (!isDone()) {
      if (clock.nowMicros() > limitMicros) return false
      let worked = false
      for (const host of hosts) worked = host.step() || worked
      if (worked) continue
      // The last action of a round may have been an upcall, which its application has not seen yet.
      if (hosts.map(({ application }) => application.step()).includes(true)) continue
      const next = Math.min(this.#wire.nextEventMicros(), ...hosts.map((host) => host.nextEventMicros()))
      if (next === Number.POSITIVE_INFINITY) return false
      clock.advanceTo(Math.max(next, clock.nowMicros() + retryMicros))
    }
    return true
  }

  /** Runs until nothing is left to be done: every replica has then applied everything published. */
  settle(limitMicros: number): void {
    this.run(() => false, this.clock.nowMicros() + limitMicros)
  }

  audit(): void {
    for (const host of this.hosts) host.audit()
  }

  /** Ends the hosts. */
  finish(): WorldAudit {
    const reports = this.hosts.map((host) => host.finish())
    const sum = (name: 'digestsCompared' | 'divergences') =>
      reports.reduce((total, report) => total + report[name], 0)
    const divergences = sum('divergences')
    const firsts = JSON.stringify(reports.map(({ firstDivergence }) => firstDivergence))
    const problems = divergences > 0 ? [`${divergences} digests differed: ${firsts}`] : []
    return { digestsCompared: sum('digestsCompared'), divergences, problems }
  }

  /** A counter of the protocol machine, of all hosts together. */
  counted(name: Parameters<SimHost['protocolCounter']>[0]): number {
    return this.hosts.reduce((sum, host) => sum + host.protocolCounter(name), 0)
  }
}
