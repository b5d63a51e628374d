/**
 * RACK loss detection (RFC 8985 section 6): a segment is lost if one that was sent later has arrived and a reordering
 * window has passed since. Three duplicate ACKs alone are no loss: our own replicas reorder what they send, so the
 * window has a configured floor.
 */
import { HeaderWord } from '../../../wire/header.ts'
import { armTimer, disarmTimer } from '../../state/clock.ts'
import { type Core, header } from '../../state/core.ts'
import { SegmentMark } from '../../state/sent-segment.ts'
import { Recovery, TcbFlag, Timer } from '../../state/tcb.ts'
import { duplicateThreshold, reorderingPersistRounds } from '../constants.ts'
import { hasTimestamps } from '../incoming.ts'
import { minimumRtt, smoothedRtt } from '../rtt.ts'
import { isBefore } from '../sequence.ts'
import { markLost, selectLink } from './scoreboard.ts'

const microsPerMilli = 1000

/** Steps 1 to 3 for the selected segment, which was just acknowledged or sacked for the first time. */
export function noteDelivery(core: Core): void {
  const { tcb, segment, now, globals } = core
  const { sentAt, end } = segment
  const rtt = (now - sentAt) | 0
  const isRetransmission = (segment.marks & SegmentMark.retransmitted) !== 0
  // Step 3: a segment sent once that arrives below the highest one delivered was reordered.
  if (isBefore(tcb.sackHigh, end)) tcb.sackHigh = end
  else if (!isRetransmission && tcb.sackHigh !== end) tcb.flags |= TcbFlag.reorderingSeen
  // Step 2: a segment that was sent twice is ignored if the ACK may be for its first transmission.
  if (isRetransmission) {
    if (hasTimestamps(core)) {
      const echoAgeMillis = (globals.millis - header(core, HeaderWord.timestampEcho)) | 0
      if (echoAgeMillis * microsPerMilli > rtt + microsPerMilli) return
    }
    if (rtt < minimumRtt(core)) return
  }
  tcb.rackRtt = rtt
  if ((tcb.flags & TcbFlag.rackValid) === 0 || isSentAfter(sentAt, end, tcb.rackSentAt, tcb.rackEnd)) {
    tcb.flags |= TcbFlag.rackValid
    tcb.rackSentAt = sentAt
    tcb.rackEnd = end
  }
}

/**
 * Step 5: marks as lost every segment that was sent before the latest delivered one and is overdue. The time list is
 * ordered by transmission, so the search ends at the first segment that is not lost.
 */
export function detectLoss(core: Core): void {
  const { tcb, segment, now } = core
  if ((tcb.flags & TcbFlag.rackValid) === 0 || tcb.timeHead === 0) {
    disarmTimer(core, Timer.reordering)
    return
  }
  const patience = tcb.rackRtt + reorderingWindow(core)
  while (tcb.timeHead !== 0) {
    selectLink(core, tcb.timeHead)
    if (!isSentAfter(tcb.rackSentAt, tcb.rackEnd, segment.sentAt, segment.end)) break
    if (((segment.sentAt + patience - now) | 0) > 0) {
      // The RFC arms the timer for the last of these segments. None was sent after RACK.xmit_ts, so this deadline
      // covers all.
      armTimer(core, Timer.reordering, (tcb.rackSentAt + patience) | 0)
      return
    }
    markLost(core)
  }
  disarmTimer(core, Timer.reordering)
}

/** Step 4: RACK.reo_wnd, in microseconds. */
export function reorderingWindow(core: Core): number {
  const { tcb, config } = core
  const floor = config.reorderingFloorMicros
  if ((tcb.flags & TcbFlag.reorderingSeen) === 0) {
    // The RFC's window is zero here; ours covers the reordering by our own replicas.
    if (tcb.recovery !== Recovery.open) return floor
    if (tcb.sackedBytes >= duplicateThreshold * tcb.maximumSegment) return floor
  }
  const window = (tcb.reorderingMultiplier + 1) * (minimumRtt(core) >> 2)
  return Math.max(floor, Math.min(window, smoothedRtt(core)))
}

/** Step 4: a duplicate SACK means that a retransmission was superfluous; wait longer for some rounds. */
export function widenReorderingWindow(core: Core): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.dsackRoundValid) !== 0 && isBefore(tcb.sndUna, tcb.dsackRound)) return
  tcb.flags |= TcbFlag.dsackRoundValid
  tcb.dsackRound = tcb.sndNxt
  tcb.reorderingMultiplier += 1
  tcb.reorderingPersist = reorderingPersistRounds
}

/** Step 4: at the end of a recovery. */
export function agePersistence(core: Core): void {
  const { tcb } = core
  if (tcb.reorderingPersist > 0) tcb.reorderingPersist -= 1
  if (tcb.reorderingPersist === 0) tcb.reorderingMultiplier = 0
}

/** RACK_sent_after */
function isSentAfter(timeA: number, endA: number, timeB: number, endB: number): boolean {
  const later = (timeA - timeB) | 0
  return later > 0 || (later === 0 && ((endA - endB) | 0) > 0)
}
