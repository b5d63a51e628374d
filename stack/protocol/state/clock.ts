/**
 * Time as the machine knows it: the time stamp of the request at hand, in wrapping microseconds, and from it
 * the millisecond clock that TCP timestamps carry (RFC 7323 section 5.4 wants 1 ms … 1 s a tick).
 *
 * Invariant: the timestamp clock never goes back, whatever the request's stamps do.
 */
import { armSender } from '../senders/timers.ts'
import type { Core } from './core.ts'

/** Producers may stamp requests slightly out of order; a larger step back means that the clock wrapped. */
const backwardsLimitMicros = 1_000_000
const microsPerMilli = 1000

/** How often stamps are aged (see `ageing.ts`): nine minutes. */
export const sweepMicros = 2 ** 29

/**
 * Microseconds from one stamp to a later one, 0 … 2^32 less one second. 0 if `to` is less than a second before
 * `from`.
 */
export function elapsedMicros(from: number, to: number): number {
  const elapsed = (to - from) | 0
  return elapsed < 0 && elapsed > -backwardsLimitMicros ? 0 : elapsed >>> 0
}

/** Returns the microseconds since the last request. */
export function advanceClock(core: Core, stampMicros: number): number {
  const { globals } = core
  if (globals.clockStarted === 0) {
    globals.clockStarted = 1
    globals.lastNow = stampMicros
    // Never zero: a zero echo means "no timestamp" to many peers.
    globals.millis = 1
  }
  const elapsed = elapsedMicros(globals.lastNow, stampMicros)
  if (elapsed === 0) {
    core.now = globals.lastNow
    return 0
  }
  core.now = stampMicros
  globals.lastNow = stampMicros
  const micros = globals.subMillis + elapsed
  if (micros < microsPerMilli) {
    globals.subMillis = micros
    return elapsed
  }
  const millis = Math.floor(micros / microsPerMilli)
  globals.millis = (globals.millis + millis) | 0
  globals.subMillis = micros - millis * microsPerMilli
  return elapsed
}

/** Arms `timer` (a Timer) of the connection at hand; `deadline` is as for `armSender`. */
export function armTimer(core: Core, timer: number, deadline: number): void {
  const { tcb } = core
  tcb.timersArmed |= 1 << timer
  core.state[tcb.deadlines + timer] = deadline
  armSender(core, core.connection, deadline)
}

export function disarmTimer(core: Core, timer: number): void {
  core.tcb.timersArmed &= ~(1 << timer)
}

export function isArmed(core: Core, timer: number): boolean {
  return (core.tcb.timersArmed & (1 << timer)) !== 0
}

/** When `timer` of the connection at hand is due; meaningless unless it is armed. */
export function deadlineOf(core: Core, timer: number): number {
  return core.state[core.tcb.deadlines + timer] as number
}

/** Arms the sweep: something now has stamps to age, a new connection for example. A sweep that is due earlier stays. */
export function armSweep(core: Core): void {
  armSender(core, core.layout.firstSender.ageing, (core.now + sweepMicros) | 0)
}
