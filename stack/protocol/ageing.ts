/**
 * Stamps are 32 bits of microseconds: two of them can be compared only while they are less than half of that apart,
 * 35.8 minutes. Connections live longer. So every nine minutes of a machine that holds connections, each stamp is drawn
 * along: whatever is older than `maximumGapMicros` becomes that old, and what is that old decides nothing any more.
 *
 *   now ──── 9 min ────► next sweep          a stamp is at most maximumGapMicros + sweepMicros + one late tick old:
 *   │◄───────── 17.9 min ─────────►│         17.9 + 9 min, and never reaches 35.8
 *
 * A process that was stopped (SIGSTOP, a suspended host) comes back after any time. No armed timer is further ahead than
 * `maximumGapMicros`, so after a longer gap all of them are overdue, and every stamp is as old as it can be. A stop of more
 * than 71.6 minutes, which is all that 32 bits hold, looks like a shorter one: time then went by more slowly, no more.
 *
 * Stamps in milliseconds have 24.8 days, and are drawn along in the same way.
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

/** More than `maximumGapMicros` have passed since the last request: all that is armed is due now. */
export function ageAfterGap(core: Core): void {
  age(core, true)
  makeAllDue(core)
}

/** Whether anything is left that ages. */
function age(core: Core, isAfterGap: boolean): boolean {
  let isAnyLeft = false
  for (let index = 0; index < core.kinds.length; index += 1) {
    if (core.kinds[index]?.kind.age(core, isAfterGap)) isAnyLeft = true
  }
  return isAnyLeft
}
