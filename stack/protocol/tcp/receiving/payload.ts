/**
 * The payload of the segment at hand: trimmed to the window, delivered, and acknowledged now or later
 * (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2).
 */
import { HeaderWord } from '../../../wire/header.ts'
import { UpcallError } from '../../actions.ts'
import { armTimer, isArmed } from '../../state/clock.ts'
import { type Core, header } from '../../state/core.ts'
import { State, TcbFlag, Timer } from '../../state/tcb.ts'
import { aimAtSender, resetConnection } from '../closing/reset.ts'
import { closeConnection } from '../connections.ts'
import { ipAndTcpHeaderBytes } from '../constants.ts'
import { earlier, isAfter, isBefore } from '../sequence.ts'
import { assemble, reportDuplicate } from './reassembly.ts'

/** Most bytes that a burst may bring before it is acknowledged. */
const burstLimitBytes = 65_535

/** False: the connection was closed by a reset. */
export function receivePayload(core: Core): boolean {
  const { tcb, globals } = core
  // CLOSE-WAIT, CLOSING, LAST-ACK: the peer already said that nothing follows.
  if (tcb.state > State.finWait2) return true
  const length = header(core, HeaderWord.payloadLength)
  const sequence = header(core, HeaderWord.sequence)
  let start = sequence
  let end = earlier((sequence + length) | 0, tcb.rcvEdge)
  if ((tcb.flags & TcbFlag.finReceived) !== 0) end = earlier(end, tcb.rcvFin)
  if (isBefore(start, tcb.rcvNxt)) {
    reportDuplicate(core, start, earlier((sequence + length) | 0, tcb.rcvNxt))
    tcb.flags |= TcbFlag.ackNow
    start = tcb.rcvNxt
  }
  if (!isAfter(end, start)) {
    globals.duplicatesIn = (globals.duplicatesIn + 1) | 0
    tcb.flags |= TcbFlag.ackNow
    return true
  }
  if ((tcb.flags & TcbFlag.released) !== 0) {
    // RFC 9293 section 3.10.4 and RFC 1122 section 4.2.2.13: nobody will read this data, so a reset tells the peer.
    aimAtSender(core)
    resetConnection(core)
    closeConnection(core, UpcallError.reset)
    return false
  }
  const full = Math.min(length, core.config.mtuBytes - ipAndTcpHeaderBytes)
  if (full > tcb.rcvSegment) tcb.rcvSegment = full
  const isPlain = assemble(core, start, end, (start - sequence) | 0)
  // RFC 5681 section 4.2: at once if out of order or filling a gap.
  if (!isPlain || tcb.rangeCount > 0) tcb.flags |= TcbFlag.ackNow
  else acknowledgeInOrder(core)
  return true
}

/**
 * Acknowledges at once every second full segment and the first segments of a connection; else within
 * `delayedAckMicros`.
 *
 * A segment whose follower was read with it leaves the acknowledgment to that one, up to 64 KB: so a burst brings one ACK,
 * as from a host whose interface merges segments (Linux, GRO: include/net/gro.h, of 64 KB at most). RFC 5681 section 4.2
 * allows a receiver to generate fewer ACKs than one for every second segment ("SHOULD"); peers count bytes and not ACKs
 * (RFC 3465, RFC 9438), so their windows grow as before.
 */
function acknowledgeInOrder(core: Core): void {
  const { tcb, now, config } = core
  const unacknowledged = (tcb.rcvNxt - tcb.rcvAcked) | 0
  const isLeft = header(core, HeaderWord.isFollowed) !== 0 && unacknowledged < burstLimitBytes
  if (unacknowledged >= 2 * tcb.rcvSegment && !isLeft) {
    tcb.flags |= TcbFlag.ackNow
    return
  }
  if (tcb.quickAcks > 0) {
    tcb.quickAcks -= 1
    tcb.flags |= TcbFlag.ackNow
    return
  }
  if (!isArmed(core, Timer.delayedAck)) armTimer(core, Timer.delayedAck, (now + config.delayedAckMicros) | 0)
}
