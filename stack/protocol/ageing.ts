/**
 * Stamps are 32 bits of microseconds. Two stamps can be compared only if they are less than 35.8 minutes apart, half
 * of that range. Connections live longer. So a sweep runs every nine minutes while there are connections. It sets a
 * stamp that is older than `maximumGapMicros` to exactly that age. No decision depends on how much older a stamp
 * really is.
 *
 *   now ──── 9 min ────► next sweep          a stamp is at most maximumGapMicros + sweepMicros + one late tick old:
 *   │◄───────── 17.9 min ─────────►│         17.9 + 9 min, and never reaches 35.8
 *
 * A process may be stopped for any time (SIGSTOP, a suspended host). No armed timer is further ahead than
 * `maximumGapMicros`, so after a longer gap all timers are due, and every stamp is set to the greatest age. 32 bits
 * hold 71.6 minutes: a longer stop looks like a shorter one, and the only effect is that the machine's time went by
 * too slowly.
 *
 * Stamps in milliseconds can be compared for 24.8 days. They are aged in the same way.
 */
import { inert, type SenderKind } from './senders/kind.ts'
import { makeAllDue } from './senders/timers.ts'
import { armSweep } from './state/clock.ts'
import type { Core } from './state/core.ts'

/** The sweep as a sender: it has a deadline like any other, and emits nothing. */
export const ageing: SenderKind<Core> = {
  ...inert,

  fire(core) {
    if (age(core, false)) armSweep(core)
  },
}

/**
 * To be called when more than `maximumGapMicros` have passed since the last request: ages every stamp and makes every
 * timer due.
 */
export function ageAfterGap(core: Core): void {
  age(core, true)
  makeAllDue(core)
}

/** Ages all kinds of senders; returns whether stamps are left that need the next sweep. */
function age(core: Core, isAfterGap: boolean): boolean {
  let isAnyLeft = false
  for (let index = 0; index < core.kinds.length; index += 1) {
    if (core.kinds[index]?.kind.age(core, isAfterGap)) isAnyLeft = true
  }
  return isAnyLeft
}
