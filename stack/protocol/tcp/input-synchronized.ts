/**
 * A segment for a connection in SYN-RECEIVED or beyond: the eight steps of RFC 9293 section 3.10.7.4, in
 * their order, with RFC 5961 and RFC 7323 where they amend it.
 */
import { HeaderWord, TcpFlag } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { type Core, header } from '../state/core.ts'
import { State, TcbFlag, UpcallBit } from '../state/tcb.ts'
import { processAcknowledgment } from './acknowledgment.ts'
import { finishIfComplete, noteFin, ownFinAcknowledged } from './closing/close.ts'
import { challenge, mayAnswer, resetUnacceptable } from './closing/reset.ts'
import { closeConnection } from './connections.ts'
import { hasFlag, segmentLength } from './incoming.ts'
import { acceptQueueIsFull } from './opening/listeners.ts'
import { establish, noteOpener } from './opening/open.ts'
import { receivePayload } from './receiving/payload.ts'
import { reportDuplicate } from './receiving/reassembly.ts'
import { isAfter, isBefore } from './sequence.ts'
import { isRefusedByTimestamp, rememberTimestamp } from './timestamps.ts'

export function receiveInConnection(core: Core): void {
  const { tcb } = core
  // First, check the sequence number, and before it the timestamp (RFC 7323 section 5.3, R1).
  if (isRefusedByTimestamp(core)) return
  if (isCrossingSynAck(core)) {
    completeHandshake(core)
    return
  }
  if (!isAcceptable(core)) {
    if (isResetAfterFin(core)) receiveReset(core)
    else answerUnacceptable(core)
    return
  }
  // Second, check the RST bit.
  if (hasFlag(core, TcpFlag.rst)) {
    receiveReset(core)
    return
  }
  // Fourth, check the SYN bit (RFC 5961 section 4.2: challenge, in any synchronized state).
  if (hasFlag(core, TcpFlag.syn)) {
    challenge(core)
    return
  }
  // Fifth, check the ACK field.
  if (!hasFlag(core, TcpFlag.ack)) return
  if (tcb.state === State.synReceived && !completeHandshake(core)) return
  if (!processAcknowledgment(core)) return
  // RFC 7323 section 4.3, R3: TS.Recent is taken only from a segment that is acceptable, its ACK included.
  rememberTimestamp(core)
  if ((tcb.flags & TcbFlag.finSent) !== 0 && tcb.sndUna === tcb.sndMax) {
    ownFinAcknowledged(core)
    if (tcb.state === State.closed) return
  }
  // Seventh, process the segment text; eighth, check the FIN bit.
  if (header(core, HeaderWord.payloadLength) > 0 && !receivePayload(core)) return
  if (hasFlag(core, TcpFlag.fin)) noteFin(core)
  if ((tcb.flags & TcbFlag.finReceived) !== 0) finishIfComplete(core)
}

/**
 * Simultaneous open (section 3.5, figure 8): both ends have sent a SYN, then a SYN-ACK. The peer's SYN-ACK repeats
 * the sequence number of its SYN, which lies below the window. It is accepted, because it acknowledges our SYN, and
 * SYN-RECEIVED waits for that.
 */
function isCrossingSynAck(core: Core): boolean {
  const { tcb } = core
  return (
    tcb.state === State.synReceived &&
    hasFlag(core, TcpFlag.syn) &&
    hasFlag(core, TcpFlag.ack) &&
    !hasFlag(core, TcpFlag.rst) &&
    header(core, HeaderWord.sequence) === tcb.irs &&
    header(core, HeaderWord.acknowledgment) === tcb.sndNxt
  )
}

/**
 * A peer that has sent its FIN may give a reset the sequence number of the FIN (macOS does). It is accepted, as in
 * Linux.
 */
function isResetAfterFin(core: Core): boolean {
  const { tcb } = core
  return (
    hasFlag(core, TcpFlag.rst) &&
    header(core, HeaderWord.sequence) === ((tcb.rcvNxt - 1) | 0) &&
    (tcb.state === State.closeWait || tcb.state === State.closing || tcb.state === State.lastAck)
  )
}

/** RFC 9293 section 3.10.7.4, table 6. */
function isAcceptable(core: Core): boolean {
  const { tcb } = core
  const sequence = header(core, HeaderWord.sequence)
  const length = segmentLength(core)
  if (sequence === tcb.rcvNxt) {
    // "Special allowance should be made to accept valid ACKs and RSTs" while the window is shut; the text of
    // such a segment is trimmed away later.
    return true
  }
  const edge = tcb.rcvEdge
  if (length === 0) {
    // A peer that has filled the window numbers its ACKs with the right edge, so the right edge is acceptable.
    return !isBefore(sequence, tcb.rcvNxt) && !isAfter(sequence, edge)
  }
  const last = (sequence + length - 1) | 0
  const beginsInside = !isBefore(sequence, tcb.rcvNxt) && isBefore(sequence, edge)
  return beginsInside || (!isBefore(last, tcb.rcvNxt) && isBefore(last, edge))
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, unless the segment is an RST. The ACK reports a duplicate as a DSACK. */
function answerUnacceptable(core: Core): void {
  const { tcb, globals } = core
  if (hasFlag(core, TcpFlag.rst)) return
  if (tcb.state === State.synReceived && hasFlag(core, TcpFlag.syn)) {
    // The peer sends its SYN again: it missed our SYN-ACK.
    if (header(core, HeaderWord.sequence) === tcb.irs) {
      noteOpener(core)
      tcb.flags |= TcbFlag.synPending
    } else {
      // Another SYN: forged, or of a peer that rebooted, which answers the challenge by a reset (RFC 5961 section 4).
      challenge(core)
    }
    return
  }
  const length = header(core, HeaderWord.payloadLength)
  const sequence = header(core, HeaderWord.sequence)
  if (length > 0 && isBefore(sequence, tcb.rcvNxt)) {
    globals.duplicatesIn = (globals.duplicatesIn + 1) | 0
    reportDuplicate(core, sequence, (sequence + length) | 0)
  }
  if (segmentLength(core) === 0 && !mayAnswer(core)) return
  tcb.flags |= TcbFlag.ackNow
}

/** RFC 5961 section 3.2: only the exact sequence number resets; any other in the window is challenged. */
function receiveReset(core: Core): void {
  const { tcb, globals } = core
  if (header(core, HeaderWord.sequence) !== tcb.rcvNxt && !isResetAfterFin(core)) {
    challenge(core)
    return
  }
  globals.resetsIn = (globals.resetsIn + 1) | 0
  let reason: number = UpcallError.reset
  if (tcb.state === State.synReceived) reason = UpcallError.refused
  // CLOSING, LAST-ACK: nothing is lost if only our FIN was still to be acknowledged; the peer has forgotten us.
  else if (tcb.state >= State.closing && !isBefore(tcb.sndUna, tcb.sndQueued)) reason = UpcallError.none
  closeConnection(core, reason)
}

/** SYN-RECEIVED: an ACK of our SYN establishes the connection if the accept queue has room; any other ACK is reset. */
function completeHandshake(core: Core): boolean {
  const { tcb, globals } = core
  if (header(core, HeaderWord.acknowledgment) !== tcb.sndNxt) {
    resetUnacceptable(core)
    return false
  }
  // As in Linux: the ACK is dropped, and the timer sends the SYN-ACK again. That gives the application time to
  // accept.
  if (tcb.listener !== 0 && acceptQueueIsFull(core, tcb.listener - 1)) {
    globals.listenOverflows = (globals.listenOverflows + 1) | 0
    return false
  }
  establish(core)
  tcb.flags = (tcb.flags | TcbFlag.held) & ~TcbFlag.synPending
  const isPassive = (tcb.flags & TcbFlag.passive) !== 0
  tcb.pendingUpcalls |= isPassive ? UpcallBit.accepted : UpcallBit.connected
  return true
}
