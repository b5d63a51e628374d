/**
 * New data and FIN: as much as the peer's window, the congestion window and the segment ring allow, in full segments
 * while there is more than one segment's worth (RFC 9293 section 3.8.6.2.1). Nagle's algorithm is off: a small rest
 * is sent at once if no window holds it back.
 *
 * Segments that may leave together are one action, a super-frame, where the stack is set to make them (TSO). Each still
 * has an entry of its own in the ring of sent segments. So what the peer reports, and what is lost, is known by
 * segments, and nothing that detects or repairs losses knows of super-frames.
 */
import { TcpFlag } from '../../wire/header.ts'
import { armTimer, disarmTimer, isArmed } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { SegmentMark } from '../state/sent-segment.ts'
import { TcbFlag, Timer } from '../state/tcb.ts'
import { restartWindow } from './congestion/window.ts'
import { emitSegment } from './emit-segment.ts'
import { appendEntry, ringIsEmpty, ringIsFull, roomInRing } from './loss/scoreboard.ts'
import { backedOffRto } from './rtt.ts'
import { isAfter } from './sequence.ts'
import { sendWindowEnd } from './window.ts'

/** Bytes queued and not yet sent; -1 if the FIN was sent too. */
export function unsentBytes(core: Core): number {
  return (core.tcb.sndQueued - core.tcb.sndNxt) | 0
}

/** Sends what may be sent; false if the queue filled first. */
export function flushNewData(core: Core): boolean {
  const { tcb } = core
  if (unsentBytes(core) > 0 && ringIsEmpty(core)) restartAfterIdle(core)
  for (;;) {
    const unsent = unsentBytes(core)
    if (unsent < 0 || (unsent === 0 && (tcb.flags & TcbFlag.closeRequested) === 0)) {
      disarmTimer(core, Timer.persist)
      return true
    }
    const length = Math.min(unsent, tcb.maximumSegment)
    const room = windowRoom(core)
    // A FIN takes one byte of window (RFC 9293 section 3.4).
    if (room < Math.max(1, length)) return sendPartial(core, room)
    if (isHeldByCongestion(core, Math.max(1, length))) {
      noteCongestionLimit(core)
      return true
    }
    if (ringIsFull(core)) return true
    if (core.actions.isFull) return false
    send(core, length, segmentsTogether(core))
  }
}

/** Sends one segment of new data beyond the congestion window, if there is one and the peer has room. */
export function sendNext(core: Core): boolean {
  const length = Math.min(unsentBytes(core), core.tcb.maximumSegment)
  if (length <= 0 || windowRoom(core) < length || ringIsFull(core)) return false
  send(core, length, 1)
  return true
}

/** cwnd stopped sending, so ACKs of what is in flight now may let it grow. */
export function noteCongestionLimit(core: Core): void {
  const { tcb } = core
  tcb.flags |= TcbFlag.cwndLimited
  tcb.cwndLimitedEnd = tcb.sndNxt
}

/** Room left in the peer's window, in bytes; negative if the peer shrank it. */
function windowRoom(core: Core): number {
  return (sendWindowEnd(core) - core.tcb.sndNxt) | 0
}

function isHeldByCongestion(core: Core, length: number): boolean {
  const { tcb } = core
  // With nothing in flight one segment may always go: no ACK would ever open the window otherwise.
  return tcb.pipe > 0 && tcb.cwnd + tcb.inflation - tcb.pipe < length
}

/**
 * The peer's window is smaller than the segment at hand. RFC 9293 section 3.8.6.2.1: send a part only if it
 * is at least half of the largest window seen, or the override timer fired; it shares the persist timer.
 */
function sendPartial(core: Core, room: number): boolean {
  const { tcb, now } = core
  const isWorthwhile = 2 * room >= tcb.sndWndMax || (tcb.flags & TcbFlag.sendPartial) !== 0
  if (room > 0 && isWorthwhile && !isHeldByCongestion(core, room) && !ringIsFull(core)) {
    if (core.actions.isFull) return false
    send(core, room, 1)
  }
  if (!ringIsEmpty(core)) disarmTimer(core, Timer.persist)
  else if (!isArmed(core, Timer.persist)) armTimer(core, Timer.persist, (now + backedOffRto(core)) | 0)
  return true
}

/**
 * Most segments of the next action. A third of the congestion window at most leaves in one burst, as in Linux
 * (tcp_tso_win_divisor): so several are on the way, for replicas to share and for ACKs to keep coming.
 */
function segmentsTogether({ tcb, config }: Core): number {
  const { superFrameBytes = 0 } = config
  if (superFrameBytes < 2 * tcb.maximumSegment) return 1
  return Math.max(1, Math.floor(Math.min(superFrameBytes, tcb.cwnd / burstDivisor) / tcb.maximumSegment))
}

const burstDivisor = 3

/**
 * Sends `length` bytes from SND.NXT and, if they are a full segment, as many more segments as may leave now, `most` in
 * all; with the FIN if that is due after them.
 */
function send(core: Core, length: number, most: number): void {
  const { tcb, globals, now } = core
  const { sndNxt: start, maximumSegment } = tcb
  let flags = appendSegment(core, length)
  let count = 1
  if (length === maximumSegment) count += appendFullSegments(core, most - 1)
  let total = count * length
  for (let last = length; count < most && last === maximumSegment; count += 1) {
    last = nextLength(core)
    if (last === 0) break
    flags = appendSegment(core, last)
    total += last
  }
  tcb.lastDataAt = now
  tcb.flags = (tcb.flags | TcbFlag.dataSent) & ~TcbFlag.sendPartial
  tcb.probeBackoff = 0
  disarmTimer(core, Timer.persist)
  emitSegment(core, start, total, flags, count > 1 ? maximumSegment : 0)
  globals.segmentsOut = (globals.segmentsOut + count - 1) | 0
  if (!isArmed(core, Timer.retransmission)) {
    armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
  }
}

/**
 * Appends the full segments that may leave with the one before them, `most` at most, none with the last byte of what is
 * queued: so they are all alike. Returns how many. What was sent before, in a larger segment, is left to `appendSegment`.
 */
function appendFullSegments(core: Core, most: number): number {
  const { tcb } = core
  const { maximumSegment: length, sndNxt: start } = tcb
  if (tcb.sndMax !== start) return 0
  const windows = Math.min(windowRoom(core), tcb.cwnd + tcb.inflation - tcb.pipe, unsentBytes(core) - 1)
  const count = Math.max(0, Math.min(most, Math.floor(windows / length), roomInRing(core)))
  for (let k = 0; k < count; k += 1)
    appendEntry(core, (start + k * length) | 0, (start + (k + 1) * length) | 0, 0)
  const end = (start + count * length) | 0
  tcb.sndNxt = end
  tcb.sndMax = end
  tcb.prrOut = (tcb.prrOut + count * length) | 0
  return count
}

/** Bytes of the segment that may leave with those before it; 0 if none may, or what is left is no more than a FIN. */
function nextLength(core: Core): number {
  const length = Math.min(unsentBytes(core), core.tcb.maximumSegment)
  if (length <= 0 || windowRoom(core) < length || isHeldByCongestion(core, length) || ringIsFull(core))
    return 0
  return length
}

/**
 * `length` bytes from SND.NXT are on their way, with the FIN if that is due after them; returns the flags of the segment.
 */
function appendSegment(core: Core, length: number): number {
  const { tcb, globals } = core
  const start = tcb.sndNxt
  const isLast = length === unsentBytes(core)
  let flags: number = TcpFlag.ack
  let marks = 0
  let end = (start + length) | 0
  if (isLast && length > 0) flags |= TcpFlag.psh
  if (isLast && (tcb.flags & TcbFlag.closeRequested) !== 0 && windowRoom(core) > length) {
    flags |= TcpFlag.fin
    marks |= SegmentMark.fin
    end = (end + 1) | 0
    tcb.flags |= TcbFlag.finSent
  }
  if (isAfter(tcb.sndMax, start)) {
    // These bytes were sent before, in a larger segment that exceeded the path MTU.
    marks |= SegmentMark.retransmitted
    globals.retransmits = (globals.retransmits + 1) | 0
  }
  appendEntry(core, start, end, marks)
  tcb.sndNxt = end
  if (isAfter(end, tcb.sndMax)) tcb.sndMax = end
  tcb.prrOut = (tcb.prrOut + end - start) | 0
  return flags
}

/** RFC 5681 section 4.1: after an idle time of one RTO the window is at most the initial one. */
function restartAfterIdle(core: Core): void {
  const { tcb, now } = core
  if ((tcb.flags & TcbFlag.dataSent) === 0) return
  const idleMicros = (now - tcb.lastDataAt) | 0
  if (idleMicros >= 0 && idleMicros <= tcb.rto) return
  restartWindow(core)
}
