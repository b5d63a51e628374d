/**
 * Loss detection for peers without SACK (RFC 5681 section 3.2, RFC 6582): the third duplicate ACK marks the oldest
 * segment lost; each partial ACK during recovery marks the next. Each duplicate ACK inflates the window by one
 * segment, because a segment has left the network.
 */
import type { Core } from '../../state/core.ts'
import { SegmentMark } from '../../state/sent-segment.ts'
import { Recovery, TcbFlag } from '../../state/tcb.ts'
import { duplicateThreshold } from '../constants.ts'
import { isAfter } from '../sequence.ts'
import { markLost, ringIsEmpty, selectEntry } from './scoreboard.ts'

/** A duplicate ACK arrived. */
export function noteDuplicate(core: Core): void {
  const { tcb } = core
  tcb.duplicateAcks += 1
  // RFC 3042 for the first two, RFC 6582 section 3.2 steps 2 and 3 after: one segment has left the network.
  if (tcb.recovery !== Recovery.timeout) tcb.inflation += tcb.maximumSegment
  if (tcb.recovery !== Recovery.open || tcb.duplicateAcks !== duplicateThreshold) return
  // RFC 6582 section 3.2 step 2: only if the cumulative ACK covers more than "recover".
  if ((tcb.flags & TcbFlag.recoverValid) !== 0 && !isAfter(tcb.sndUna, tcb.recoveryPoint)) return
  markOldestLost(core)
}

/** `bytes` of new data were acknowledged. If fast recovery still goes on, this is a partial ACK. */
export function notePartial(core: Core, bytes: number): void {
  const { tcb } = core
  tcb.duplicateAcks = 0
  if (tcb.recovery !== Recovery.fast) {
    tcb.inflation = 0
    return
  }
  // RFC 6582 section 3.2 step 3, partial acknowledgment: deflate, and retransmit the next.
  tcb.inflation = Math.max(0, tcb.inflation - bytes) + (bytes >= tcb.maximumSegment ? tcb.maximumSegment : 0)
  markOldestLost(core)
}

function markOldestLost(core: Core): void {
  if (ringIsEmpty(core)) return
  selectEntry(core, core.tcb.ringHead)
  if ((core.segment.marks & SegmentMark.lost) === 0) markLost(core)
  core.tcb.flags |= TcbFlag.retransmitOldest
}
