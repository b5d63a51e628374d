/**
 * Stamps are 32 bits of microseconds: two of them can be compared only while they are less than half of that apart,
 * 35.8 minutes. Connections live longer. So every nine minutes of a machine that holds connections, each stamp is drawn
 * along: whatever is older than `oldestMicros` becomes that old, and what is that old decides nothing any more.
 *
 *   now ──── 9 min ────► next sweep          a stamp is at most oldestMicros + sweepMicros + one late tick old:
 *   │◄───────── 17.9 min ─────────►│         17.9 + 9 min, and never reaches 35.8
 *
 * A process that was stopped (SIGSTOP, a suspended host) comes back after any time. No armed timer is further ahead than
 * `oldestMicros`, so after a longer gap all of them are overdue, and every stamp is as old as it can be. A stop of more
 * than 71.6 minutes, which is all that 32 bits hold, looks like a shorter one: time then went by more slowly, no more.
 *
 * Stamps in milliseconds have 24.8 days, and are drawn along in the same way.
 */

import { maximumGapMicros } from './config.ts'
import { selectNeighbor } from './link/neighbor-table.ts'
import { noteDeadline, selectNextOpen, sweepMicros } from './state/clock.ts'
import type { Core } from './state/core.ts'
import { NeighborState } from './state/tables.ts'
import { TcbFlag } from './state/tcb.ts'
import { dropExpiredTimeWait } from './tcp/closing/time-wait.ts'
import { minimumRttPeriodMillis, timestampOutdatedMillis } from './tcp/constants.ts'
import { selectEntry } from './tcp/loss/scoreboard.ts'

const oldestMicros = maximumGapMicros

/** A cubic epoch that is this old is beyond every limit of the function (see congestion/cubic.ts). */
const oldestEpochMillis = 600_000
/** Retransmissions this old are no longer asked whether they were needed. */
const oldestUndoMillis = 86_400_000

/** With the other timers: sweeps if that is due, and notes when it is due next. */
export function fireSweep(core: Core): void {
  const { globals, now } = core
  if (globals.sweepArmed === 0) return
  if (((globals.nextSweep - now) | 0) <= 0) {
    globals.sweepArmed = sweep(core, false) ? 1 : 0
    if (globals.sweepArmed === 0) return
    globals.nextSweep = (now + sweepMicros) | 0
  }
  noteDeadline(core, globals.nextSweep)
}

/** More than `maximumGapMicros` have passed since the last request: all that is armed is due now. */
export function ageAfterGap(core: Core): void {
  const { globals, neighbor, now } = core
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state === NeighborState.free) continue
    neighbor.deadline = now
    neighbor.usedAt = (now - oldestMicros) | 0
  }
  globals.neighborDeadline = now
  sweep(core, true)
  globals.nextSweep = now
  globals.nextDeadline = now
}

/** Whether anything is left that ages. */
function sweep(core: Core, isAfterGap: boolean): boolean {
  let isAnyLeft = dropExpiredTimeWait(core, isAfterGap)
  for (let index = selectNextOpen(core, 0); index >= 0; index = selectNextOpen(core, index + 1)) {
    isAnyLeft = true
    if (isAfterGap) makeTimersDue(core)
    ageConnection(core, isAfterGap)
    ageSegments(core, isAfterGap)
  }
  return isAnyLeft
}

function makeTimersDue(core: Core): void {
  const { tcb, state, now } = core
  for (let bits = tcb.timersArmed; bits !== 0; bits &= bits - 1) {
    state[tcb.deadlines + 31 - Math.clz32(bits & -bits)] = now
  }
}

function ageConnection(core: Core, isAfterGap: boolean): void {
  const { tcb, globals } = core
  tcb.lastDataAt = aged(core, tcb.lastDataAt, isAfterGap)
  tcb.rackSentAt = aged(core, tcb.rackSentAt, isAfterGap)
  if (isOld(core, tcb.answeredAt, isAfterGap)) tcb.flags &= ~TcbFlag.answered
  const { millis } = globals
  tcb.tsRecentMillis = agedMillis(millis, tcb.tsRecentMillis, timestampOutdatedMillis)
  tcb.minimumRttSince = agedMillis(millis, tcb.minimumRttSince, minimumRttPeriodMillis)
  tcb.cubicEpoch = agedMillis(millis, tcb.cubicEpoch, oldestEpochMillis)
  const isStamped = (tcb.flags & TcbFlag.retransmitStamped) !== 0
  if (isStamped && ((millis - tcb.retransmitMillis) | 0) > oldestUndoMillis) {
    tcb.flags &= ~(TcbFlag.undoPossible | TcbFlag.retransmitStamped)
  }
}

/** Segments stay in flight for as long as a peer that has shut its window answers. */
function ageSegments(core: Core, isAfterGap: boolean): void {
  const { tcb, segment } = core
  for (let counter = tcb.ringHead; counter !== tcb.ringTail; counter = (counter + 1) | 0) {
    selectEntry(core, counter)
    segment.sentAt = aged(core, segment.sentAt, isAfterGap)
  }
}

function aged(core: Core, stamp: number, isAfterGap: boolean): number {
  return isOld(core, stamp, isAfterGap) ? (core.now - oldestMicros) | 0 : stamp
}

function isOld(core: Core, stamp: number, isAfterGap: boolean): boolean {
  return isAfterGap || ((core.now - stamp) | 0) > oldestMicros
}

function agedMillis(millis: number, stamp: number, oldest: number): number {
  return ((millis - stamp) | 0) > oldest ? (millis - oldest - 1) | 0 : stamp
}
