/**
 * Timers (RFC 9293 section 3.10.8, RFC 6298, RFC 8985). They change state and schedule the connection; the segments
 * that follow are emitted after the request itself was applied.
 */
import { UpcallError } from '../actions.ts'
import { armSender } from '../senders/timers.ts'
import { armTimer, deadlineOf, disarmTimer, isArmed } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { Recovery, State, type Tcb, TcbFlag, Timer, timerCount } from '../state/tcb.ts'
import { reduceProportionally } from './congestion/window.ts'
import { closeConnection, schedule } from './connections.ts'
import {
  maximumRtoMicros,
  orphanRetryLimit,
  retransmissionLimit,
  synAckRetransmissionLimit,
  synRetransmissionLimit,
  windowProbeLimit,
} from './constants.ts'
import { detectLoss } from './loss/rack.ts'
import { enterFastRecovery, enterTimeoutRecovery } from './loss/recovery.ts'
import { ringIsEmpty } from './loss/scoreboard.ts'
import { backedOffRto } from './rtt.ts'

/** Fires the timers of the connection at hand that are due, and arms its sender for the others. */
export function fireConnectionTimers(core: Core): void {
  const { tcb, now } = core
  for (let timer = 0; timer < timerCount && tcb.timersArmed !== 0; timer += 1) {
    if (!isArmed(core, timer) || ((deadlineOf(core, timer) - now) | 0) > 0) continue
    disarmTimer(core, timer)
    fire(core, timer)
    schedule(core)
  }
  for (let timer = 0; timer < timerCount; timer += 1) {
    if (isArmed(core, timer)) armSender(core, core.connection, deadlineOf(core, timer))
  }
}

function fire(core: Core, timer: number): void {
  const { tcb } = core
  if (timer === Timer.delayedAck) tcb.flags |= TcbFlag.ackNow
  else if (timer === Timer.reordering) onReordering(core)
  else if (timer === Timer.probe) onProbe(core)
  else if (timer === Timer.retransmission) onRetransmission(core)
  else onPersist(core)
}

/** RFC 8985 section 6.3 */
function onReordering(core: Core): void {
  const { tcb } = core
  core.newlyLost = 0
  core.deliveredBytes = 0
  detectLoss(core)
  if (tcb.lostHead === 0) return
  if (tcb.recovery === Recovery.open) enterFastRecovery(core)
  if (tcb.recovery === Recovery.fast) reduceProportionally(core, false)
}

/** RFC 8985 section 7.3 */
function onProbe(core: Core): void {
  const { tcb, now } = core
  if (ringIsEmpty(core) || tcb.recovery !== Recovery.open) return
  tcb.flags |= TcbFlag.probePending
  // Both timers may be due together: the probe goes first, and the retransmission timer starts again.
  armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
}

/** RFC 6298 (5.4) … (5.7) */
function onRetransmission(core: Core): void {
  const { tcb, globals, now } = core
  if (tcb.state > State.synReceived && ringIsEmpty(core)) return
  if (tcb.retries >= limitFor(tcb)) {
    closeConnection(core, tcb.softError !== 0 ? tcb.softError : UpcallError.timedOut)
    return
  }
  globals.timeouts = (globals.timeouts + 1) | 0
  if (tcb.state <= State.synReceived) tcb.flags |= TcbFlag.synPending
  else enterTimeoutRecovery(core)
  tcb.backoff += 1
  tcb.retries += 1
  armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
}

/** RFC 9293 section 3.8.6.1, RFC 1122 section 4.2.2.17: at growing intervals, for as long as the peer answers. */
function onPersist(core: Core): void {
  const { tcb, now } = core
  if (!ringIsEmpty(core)) return
  // No application waits for an orphan, so its probes end, too, if the peer answers and keeps its window shut.
  if (tcb.probes >= windowProbeLimit || (tcb.isOrphan !== 0 && tcb.probeBackoff >= orphanRetryLimit)) {
    closeConnection(core, tcb.softError !== 0 ? tcb.softError : UpcallError.timedOut)
    return
  }
  // `probes` counts probes without an answer: an answer resets it, even if the window is still shut. The interval
  // grows regardless.
  tcb.probes += 1
  tcb.probeBackoff = Math.min(tcb.probeBackoff + 1, 16)
  if (tcb.sndWnd === 0) tcb.flags |= TcbFlag.windowProbePending
  else tcb.flags |= TcbFlag.sendPartial
  armTimer(core, Timer.persist, (now + Math.min(maximumRtoMicros, tcb.rto * 2 ** tcb.probeBackoff)) | 0)
}

function limitFor({ state, isOrphan }: Tcb): number {
  if (state === State.synSent) return synRetransmissionLimit
  if (state === State.synReceived) return synAckRetransmissionLimit
  return isOrphan === 0 ? retransmissionLimit : orphanRetryLimit
}
