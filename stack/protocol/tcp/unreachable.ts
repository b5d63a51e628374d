/** The next hop of a connection does not answer ARP requests (RFC 1122 section 2.3.2.2, section 4.2.3.9). */
import { UpcallError } from '../actions.ts'
import { armTimer, isArmed } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { closeConnection } from './connections.ts'

/**
 * ARP got no answer. An attempt to connect fails. Other connections try again with a timer: the retransmission timer
 * if something is in flight, else the persist timer if something waits to be sent. A connection that has nothing to
 * send needs no neighbor and is left alone. An ACK or a probe that was due is dropped, as if it were lost on the
 * wire.
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

/** Whether data or a FIN waits to be sent. */
function hasUnsent(core: Core): boolean {
  const { tcb } = core
  const unsent = (tcb.sndQueued - tcb.sndNxt) | 0
  return unsent > 0 || (unsent === 0 && (tcb.flags & TcbFlag.closeRequested) !== 0)
}
