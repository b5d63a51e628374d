/**
 * Two hosts and a link in virtual time, on one thread: whoever is ready runs; when nobody is, time jumps to the next
 * thing that can happen. The same seed gives the same run.
 */
import type { SimHost } from './sim-host.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** What moves frames: delivers what is due, and says when the next is. */
export interface SimulatedWire {
  nextEventMicros(): number
}

export interface World {
  readonly clock: SimulatedClock
  readonly hosts: readonly SimHost[]
  readonly wire: SimulatedWire
}

/**
 * Runs until `isDone` or until `limitMicros` of virtual time; returns whether it was done in time. When something is due
 * that nobody does yet, because a thread waits for another, it is asked for again every `retryMicros`.
 */
export function runWorld(world: World, isDone: () => boolean, limitMicros: number, retryMicros = 1): boolean {
  const { clock, hosts, wire } = world
  while (!isDone()) {
    if (clock.nowMicros() > limitMicros) return false
    let worked = false
    for (const host of hosts) worked = host.step() || worked
    if (worked) continue
    const next = Math.min(wire.nextEventMicros(), ...hosts.map((host) => host.nextEventMicros()))
    if (next === Number.POSITIVE_INFINITY) return false
    clock.advanceTo(Math.max(next, clock.nowMicros() + retryMicros))
  }
  return true
}

/** Lets every replica apply what is published, so that all have seen the same; then nothing is left to be done. */
export function settleWorld(world: World, limitMicros: number): void {
  runWorld(world, () => false, world.clock.nowMicros() + limitMicros)
}
