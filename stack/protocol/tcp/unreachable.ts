/** The next hop of a connection does not answer ARP requests (RFC 1122 section 2.3.2.2, section 4.2.3.9). */
import { UpcallError } from '../actions.ts'
import { armTimer, isArmed } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { closeConnection } from './connections.ts'

/**
 * No answer. Who was only trying to connect fails; others go on trying under a timer: that of retransmission if
 * something is in flight, else that of persistence if something waits to be sent. A connection that has nothing to send
 * needs no neighbor, and is left alone; an ACK or a probe that was due is lost, as if on the wire.
 */
export function nextHopIsUnreachable(core: Core): void {
  const { tcb, now } = core
  tcb.flags &= ~(TcbFlag.ackNow | TcbFlag.probePending | TcbFlag.windowProbePending)
  tcb.rcvAcked = tcb.rcvNxt
  tcb.softError = UpcallError.unreachable
  if (tcb.state === State.synSent) {
    closeConnection(core, UpcallError.unreachable)
    return
  }
  const timer = tcb.ringHead !== tcb.ringTail ? Timer.retransmission : Timer.persist
  const isWanted = timer === Timer.retransmission || hasUnsent(core)
  if (isWanted && !isArmed(core, timer)) armTimer(core, timer, (now + tcb.rto) | 0)
}

/** Data or a FIN. */
function hasUnsent(core: Core): boolean {
  const { tcb } = core
  const unsent = (tcb.sndQueued - tcb.sndNxt) | 0
  return unsent > 0 || (unsent === 0 && (tcb.flags & TcbFlag.closeRequested) !== 0)
}
