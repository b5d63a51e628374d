/**
 * Tail loss probe (RFC 8985 section 7): if the end of a flight is not acknowledged in about two round trips,
 * send one more segment, so that its SACK shows what was lost long before the retransmission timer would.
 */

import { armTimer, deadlineOf, disarmTimer, isArmed } from '../../state/clock.ts'
import type { Core } from '../../state/core.ts'
import { Recovery, TcbFlag, Timer } from '../../state/tcb.ts'
import { fallBelowThreshold, lowerThreshold } from '../congestion/window.ts'
import { initialProbeMicros, leastProbeMicros, worstDelayedAckMicros } from '../constants.ts'
import { smoothedRtt } from '../rtt.ts'
import { isAfter, isBefore } from '../sequence.ts'
import { ringIsEmpty } from './scoreboard.ts'

/**
 * Whether a probe may be sent now. Asked when the timer is armed, and again when the probe leaves: ACKs and SACKs in
 * between may have made the probe superfluous, or cover the segment that it would repeat.
 */
export function probeIsAllowed(core: Core): boolean {
  const { tcb } = core
  return (
    (tcb.flags & TcbFlag.sack) !== 0 &&
    tcb.recovery === Recovery.open &&
    tcb.sackedBytes === 0 &&
    (tcb.flags & TcbFlag.tlpOutstanding) === 0 &&
    !ringIsEmpty(core)
  )
}

/** Section 7.2: (re)arms the probe timer after new data was sent or acknowledged, where a probe is allowed. */
export function armProbe(core: Core): void {
  const { tcb, now, config } = core
  // A probe that was due before this acknowledgment or transmission is replaced by the timer armed here.
  tcb.flags &= ~TcbFlag.probePending
  if (!probeIsAllowed(core)) {
    disarmTimer(core, Timer.probe)
    return
  }
  const srtt = smoothedRtt(core)
  let timeout =
    srtt === 0 ? initialProbeMicros : Math.max(2 * srtt, leastProbeMicros) + config.reorderingFloorMicros
  // The peer may delay its ACK of a single segment.
  if (((tcb.ringTail - tcb.ringHead) | 0) === 1) timeout += worstDelayedAckMicros
  let deadline = (now + timeout) | 0
  if (isArmed(core, Timer.retransmission)) {
    const retransmission = deadlineOf(core, Timer.retransmission)
    if (((deadline - retransmission) | 0) > 0) deadline = retransmission
  }
  armTimer(core, Timer.probe, deadline)
}

/** Section 7.4.2: what the acknowledgment at hand says about an outstanding probe. */
export function resolveProbe(core: Core, acknowledgment: number, isPureDuplicate: boolean): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.tlpOutstanding) === 0 || isBefore(acknowledgment, tcb.tlpEnd)) return
  if ((tcb.flags & TcbFlag.tlpRetransmission) === 0) {
    // The probe carried new data: nothing was repaired by it.
    tcb.flags &= ~TcbFlag.tlpOutstanding
  } else if (core.dsackSeen !== 0 && core.dsackRight === tcb.tlpEnd) {
    // Both copies arrived.
    tcb.flags &= ~TcbFlag.tlpOutstanding
  } else if (isAfter(acknowledgment, tcb.tlpEnd)) {
    // No DSACK: the probe repaired a loss, which is congestion like any other.
    tcb.flags &= ~TcbFlag.tlpOutstanding
    if (tcb.recovery === Recovery.open) {
      lowerThreshold(core)
      fallBelowThreshold(core)
    }
  } else if (isPureDuplicate) {
    tcb.flags &= ~TcbFlag.tlpOutstanding
  }
}
