/**
 * Time as the machine knows it: the time stamp of the request at hand, in wrapping microseconds, and from it
 * the millisecond clock that TCP timestamps carry (RFC 7323 section 5.4 wants 1 ms … 1 s a tick).
 *
 * Invariant: the timestamp clock never goes back, whatever the request's stamps do.
 */
import { type Core, selectConnection } from './core.ts'

/** Producers may stamp requests slightly out of order; a larger step back means that the clock wrapped. */
const backwardsLimitMicros = 1_000_000
const microsPerMilli = 1000

export function advanceClock(core: Core, stampMicros: number): void {
  const { globals } = core
  if (globals.clockStarted === 0) {
    globals.clockStarted = 1
    globals.lastNow = stampMicros
    // Never zero: a zero echo means "no timestamp" to many peers.
    globals.millis = 1
  }
  const elapsed = (stampMicros - globals.lastNow) | 0
  if (elapsed < 0 && elapsed > -backwardsLimitMicros) {
    core.now = globals.lastNow
    return
  }
  core.now = stampMicros
  globals.lastNow = stampMicros
  const micros = globals.subMillis + (elapsed >>> 0)
  if (micros < microsPerMilli) {
    globals.subMillis = micros
    return
  }
  const millis = Math.floor(micros / microsPerMilli)
  globals.millis = (globals.millis + millis) | 0
  globals.subMillis = micros - millis * microsPerMilli
}

/** Makes sure that the machine is woken no later than `deadline`. */
export function noteDeadline(core: Core, deadline: number): void {
  const { globals } = core
  if (globals.deadlineArmed === 0 || ((deadline - globals.nextDeadline) | 0) < 0) {
    globals.deadlineArmed = 1
    globals.nextDeadline = deadline
  }
}

/** Arms `timer` (a Timer) of the connection at hand; `deadline` is at most half the clock's range away. */
export function armTimer(core: Core, timer: number, deadline: number): void {
  const { tcb } = core
  tcb.timersArmed |= 1 << timer
  core.state[tcb.deadlines + timer] = deadline
  noteDeadline(core, deadline)
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

/** Calls nothing and allocates nothing: selects each connection in turn that `next` has not passed. */
export function selectNextOpen(core: Core, next: number): number {
  const { globals, tcb } = core
  for (let index = next; index < globals.connectionsHigh; index += 1) {
    selectConnection(core, index)
    if (tcb.state !== 0) return index
  }
  return -1
}
