/** Ages the stamps of connections, which live longer than stamps can be compared (see `../ageing.ts`). */
import { maximumGapMicros } from '../config.ts'
import { type Core, selectConnection } from '../state/core.ts'
import { State, TcbFlag } from '../state/tcb.ts'
import { dropExpiredTimeWait } from './closing/time-wait.ts'
import { minimumRttPeriodMillis, timestampOutdatedMillis } from './constants.ts'
import { selectEntry } from './loss/scoreboard.ts'

const oldestMicros = maximumGapMicros

/** At this age of a cubic epoch, all limits of the function are reached (see congestion/cubic.ts). */
const oldestEpochMillis = 600_000
/** A recovery whose first retransmission is this old can no longer be undone. */
const oldestUndoMillis = 86_400_000

/** Ages every connection and its segments in flight, once in nine minutes. False if nothing is left that ages. */
export function ageConnections(core: Core, isAfterGap: boolean): boolean {
  const { globals, tcb } = core
  let isAnyLeft = dropExpiredTimeWait(core, isAfterGap)
  for (let index = 0; index < globals.connectionsHigh; index += 1) {
    selectConnection(core, index)
    if (tcb.state === State.closed) continue
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

/**
 * Segments stay in flight without limit if the peer keeps its window shut and answers probes, so their stamps age,
 * too.
 */
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
