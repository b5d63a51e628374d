/**
 * The end of a connection, in every order (RFC 9293 sections 3.6, 3.10.4 and 3.10.7.4, "Eighth, check the
 * FIN bit").
 *
 *   ESTABLISHED ── close ──► FIN-WAIT-1 ── ACK ──► FIN-WAIT-2 ── FIN ──► TIME-WAIT
 *        │                        └───── FIN ────► CLOSING ───── ACK ──────► │
 *        └──── FIN ────► CLOSE-WAIT ── close ──► LAST-ACK ── ACK ──► CLOSED
 */
import { HeaderWord } from '../../../wire/header.ts'
import { UpcallError } from '../../actions.ts'
import { type Core, header } from '../../state/core.ts'
import { State, TcbFlag, UpcallBit } from '../../state/tcb.ts'
import { closeConnection } from '../connections.ts'
import { emitPureAck } from '../emit-segment.ts'
import { advanceRcvNxt } from '../positions.ts'
import { isAfter } from '../sequence.ts'
import { flushUpcalls, noteAcknowledged } from '../upcalls.ts'
import { aimAtSender } from './reset.ts'
import { enterTimeWait } from './time-wait.ts'

/** The application has no more to send: a FIN follows what is queued. */
export function requestClose(core: Core): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.closeRequested) !== 0) return
  if (tcb.state === State.established) tcb.state = State.finWait1
  else if (tcb.state === State.closeWait) tcb.state = State.lastAck
  else return
  tcb.flags |= TcbFlag.closeRequested
}

/** Everything we sent, the FIN included, is acknowledged. */
export function ownFinAcknowledged(core: Core): void {
  const { tcb } = core
  if (tcb.state === State.finWait1) {
    tcb.state = State.finWait2
  } else if (tcb.state === State.closing) {
    finish(core)
  } else if (tcb.state === State.lastAck) {
    noteAcknowledged(core)
    closeConnection(core, UpcallError.none)
  }
}

/** The segment at hand carries a FIN within the window: remember where the peer's stream ends. */
export function noteFin(core: Core): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.finReceived) !== 0) {
    // The FIN came again: our ACK of it was lost.
    tcb.flags |= TcbFlag.ackNow
    return
  }
  const end = (header(core, HeaderWord.sequence) + header(core, HeaderWord.payloadLength)) | 0
  if (isAfter(end, tcb.rcvEdge)) return
  tcb.flags |= TcbFlag.finReceived | TcbFlag.ackNow
  tcb.rcvFin = end
}

/** If all before the peer's FIN has arrived, the FIN is taken. */
export function finishIfComplete(core: Core): void {
  const { tcb } = core
  if (tcb.rcvNxt !== tcb.rcvFin || tcb.state > State.finWait2) return
  if (tcb.state === State.closeWait) return
  advanceRcvNxt(core, (tcb.rcvFin + 1) | 0)
  tcb.pendingUpcalls |= UpcallBit.finished
  tcb.flags |= TcbFlag.ackNow
  if (tcb.state === State.established) tcb.state = State.closeWait
  else if (tcb.state === State.finWait1) tcb.state = State.closing
  else finish(core)
}

/** Both directions are closed: sends the ACK of the peer's FIN and moves the connection to the TIME-WAIT table. */
function finish(core: Core): void {
  const { tcb } = core
  flushUpcalls(core)
  if ((tcb.flags & TcbFlag.ackNow) !== 0) {
    aimAtSender(core)
    emitPureAck(core)
  }
  enterTimeWait(core)
}
