/**
 * What a connection has to send, in order of urgency: handshake, retransmissions, probes, new data and FIN,
 * and an ACK if none of them carried it. Every step can stop when the action queue is full and be called
 * again: what is left to do is in the TCB.
 */
import { TcpFlag } from '../../wire/header.ts'
import { aimAtOpener } from '../link/neighbor-table.ts'
import { resolveNextHop } from '../link/neighbors.ts'
import { armTimer, disarmTimer, isArmed } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { SegmentMark } from '../state/sent-segment.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { shrinkFinWait2 } from './closing/time-wait.ts'
import { emitPureAck, emitSegment, emitSyn } from './emit-segment.ts'
import { noteRetransmission } from './loss/recovery.ts'
import { markRetransmitted, ringIsEmpty, selectEntry, selectLink } from './loss/scoreboard.ts'
import { armProbe, probeIsAllowed } from './loss/tail-probe.ts'
import { flushNewData, noteCongestionLimit, sendNext, unsentBytes } from './new-data.ts'
import { backedOffRto } from './rtt.ts'
import { flushUpcalls } from './upcalls.ts'
import { isTakenBack, sendWindowEnd } from './window.ts'

const probeFlags = TcbFlag.probePending | TcbFlag.windowProbePending
const immediateFlags = TcbFlag.synPending | TcbFlag.ackNow | probeFlags

/** Emits all that the connection at hand has to emit; false if the queue filled first. */
export function flushConnection(core: Core): boolean {
  const { tcb } = core
  if (tcb.state === State.finWait2 && (tcb.flags & TcbFlag.released) !== 0) return flushFinWait2OfNobody(core)
  return flushUpcalls(core) && flushOutput(core)
}

/**
 * FIN-WAIT-2 of a connection that the application has released: sends the rest, then moves it to the TIME-WAIT table.
 */
function flushFinWait2OfNobody(core: Core): boolean {
  // A delayed ACK is sent now: the table has no timer for it.
  if (isArmed(core, Timer.delayedAck)) core.tcb.flags |= TcbFlag.ackNow
  if (!flushUpcalls(core) || !flushOutput(core)) return false
  shrinkFinWait2(core)
  return flushUpcalls(core)
}

function flushOutput(core: Core): boolean {
  const { tcb } = core
  if (tcb.state <= State.synReceived) return flushHandshake(core)
  // Without a next hop nothing leaves; the connection is scheduled again when it is known.
  if (!hasOutput(core) || !resolveNextHop(core, core.connection, core.state, tcb.nextHop)) return true
  return flushLost(core) && flushProbes(core) && flushNewData(core) && flushAck(core)
}

/** SYN-RECEIVED on a listener: the peer has not shown yet that its address is its own. */
function isHalfOpen(core: Core): boolean {
  const { tcb } = core
  return tcb.state === State.synReceived && (tcb.flags & TcbFlag.passive) !== 0
}

/**
 * Arms the timer of a SYN although its next hop is not known: it runs whether the neighbor answers or not, as in
 * Linux.
 */
function keepTrying(core: Core): void {
  const { now } = core
  if (isArmed(core, Timer.retransmission)) return
  armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
}

function hasOutput(core: Core): boolean {
  const { tcb } = core
  if ((tcb.flags & immediateFlags) !== 0 || tcb.lostHead !== 0) return true
  const unsent = unsentBytes(core)
  return unsent > 0 || (unsent === 0 && (tcb.flags & TcbFlag.closeRequested) !== 0)
}

/** Sends what a connection in SYN-SENT or SYN-RECEIVED has to send; a closed one has nothing. */
function flushHandshake(core: Core): boolean {
  const { tcb, globals, now } = core
  if (tcb.state === State.closed || (tcb.flags & immediateFlags) === 0) return true
  if (isHalfOpen(core)) {
    aimAtOpener(core)
  } else if (!resolveNextHop(core, core.connection, core.state, tcb.nextHop)) {
    keepTrying(core)
    return true
  }
  if ((tcb.flags & TcbFlag.synPending) !== 0) {
    if (core.actions.isFull) return false
    tcb.flags &= ~TcbFlag.synPending
    if ((tcb.flags & TcbFlag.dataSent) !== 0) {
      tcb.flags |= TcbFlag.synRetransmitted
      globals.retransmits = (globals.retransmits + 1) | 0
    }
    tcb.flags |= TcbFlag.dataSent
    tcb.lastDataAt = now
    emitSyn(core)
    armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
  }
  return tcb.state === State.synSent || flushAck(core)
}

/** Sends lost segments again, as the congestion window allows. */
function flushLost(core: Core): boolean {
  const { tcb, segment } = core
  while (tcb.lostHead !== 0) {
    selectLink(core, tcb.lostHead)
    const length = (segment.end - segment.start) | 0
    const isForced = tcb.pipe === 0 || (tcb.flags & TcbFlag.retransmitOldest) !== 0
    if (!isForced && tcb.cwnd + tcb.inflation - tcb.pipe < length) {
      noteCongestionLimit(core)
      return true
    }
    if (core.actions.isFull) return false
    tcb.flags &= ~TcbFlag.retransmitOldest
    retransmitSelected(core)
    tcb.prrOut = (tcb.prrOut + length) | 0
  }
  return true
}

function flushProbes(core: Core): boolean {
  const { tcb, globals } = core
  if ((tcb.flags & probeFlags) === 0) return true
  if (core.actions.isFull) return false
  // The timers only set a flag; the frame of the same request may have made the probe superfluous.
  const isDue = tcb.flags
  tcb.flags &= ~probeFlags
  if ((isDue & TcbFlag.windowProbePending) !== 0 && tcb.sndWnd === 0 && ringIsEmpty(core)) {
    // RFC 9293 section 3.8.6.1: a segment that the peer has to answer with its window.
    globals.windowProbes = (globals.windowProbes + 1) | 0
    // The peer drops the probe as old, and its ACK with it, so an ACK that is due stays due.
    const due = tcb.flags & TcbFlag.ackNow
    emitSegment(core, (tcb.sndUna - 1) | 0, 0, TcpFlag.ack)
    tcb.flags |= due
    return true
  }
  if ((isDue & TcbFlag.probePending) !== 0 && probeIsAllowed(core)) sendTailProbe(core)
  return true
}

/** RFC 8985 section 7.3: new data if the peer's window allows, else the last segment once more. */
function sendTailProbe(core: Core): void {
  const { tcb, globals, now } = core
  globals.lossProbes = (globals.lossProbes + 1) | 0
  if (sendNext(core)) {
    tcb.flags &= ~TcbFlag.tlpRetransmission
  } else {
    selectEntry(core, (tcb.ringTail - 1) | 0)
    retransmitSelected(core)
    tcb.flags |= TcbFlag.tlpRetransmission
  }
  tcb.flags |= TcbFlag.tlpOutstanding
  tcb.tlpEnd = tcb.sndNxt
  // One probe at a time: an ACK in this request may have armed the timer again.
  disarmTimer(core, Timer.probe)
  armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
}

function flushAck(core: Core): boolean {
  const { tcb } = core
  // RFC 8985 section 7.2: the probe timer restarts when new data was sent.
  if (tcb.lastDataAt === core.now && !ringIsEmpty(core)) armProbe(core)
  if ((tcb.flags & TcbFlag.ackNow) === 0) return true
  if (core.actions.isFull) return false
  emitPureAck(core)
  return true
}

/**
 * Sends the selected segment again. If the peer has shrunk its window into the segment, only the part that fits is
 * sent: a peer that wants room for the whole segment would drop it each time. The rest waits until this part is
 * acknowledged.
 */
function retransmitSelected(core: Core): void {
  const { tcb, segment, now } = core
  const { start, end } = segment
  const room = (sendWindowEnd(core) - start) | 0
  const isCut = room > 0 && isTakenBack(core, end)
  const isFin = !isCut && (segment.marks & SegmentMark.fin) !== 0
  const payload = isCut ? room : (end - start - (isFin ? 1 : 0)) | 0
  noteRetransmission(core)
  markRetransmitted(core)
  let flags: number = TcpFlag.ack
  if (isFin) flags |= TcpFlag.fin
  if (payload > 0 && ((start + payload) | 0) === tcb.sndQueued) flags |= TcpFlag.psh
  emitSegment(core, start, payload, flags)
  if (!isArmed(core, Timer.retransmission)) {
    armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
  }
}
