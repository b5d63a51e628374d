/**
 * From loss to repair: entering and leaving recovery, how much may be sent meanwhile (PRR, RFC 6937), and
 * taking a reduction back that proves to have been spurious (RFC 3522, 3708, 4015).
 *
 *   open ── a segment deemed lost ──► fast ── SND.UNA ≥ recoveryPoint ──► open
 *     └──── retransmission timeout ─► timeout ──────────┘
 */

import { HeaderWord } from '../../../wire/header.ts'
import { disarmTimer } from '../../state/clock.ts'
import { type Core, header } from '../../state/core.ts'
import { SegmentMark } from '../../state/sent-segment.ts'
import { Recovery, TcbFlag, Timer } from '../../state/tcb.ts'
import { fallToLossWindow, fallToThreshold, lowerThreshold, restoreWindow } from '../congestion/window.ts'
import { hasTimestamps } from '../incoming.ts'
import { agePersistence } from './rack.ts'
import { clearSackCache } from './sack-in.ts'
import { markLost, placeInTime, ringIsEmpty, selectEntry, selectLink, unmarkLost } from './scoreboard.ts'

/** Segments were marked lost outside of recovery: reduces the window and begins to repair. */
export function enterFastRecovery(core: Core): void {
  const { tcb, globals } = core
  globals.fastRetransmits = (globals.fastRetransmits + 1) | 0
  rememberWindow(core)
  lowerThreshold(core)
  tcb.recovery = Recovery.fast
  tcb.recoveryPoint = tcb.sndMax
  tcb.prrDelivered = 0
  tcb.prrOut = 0
  tcb.prrFlight = Math.max(1, (tcb.sndNxt - tcb.sndUna) | 0)
  // Without SACK, what is in flight is not known, and PRR cannot be used: cwnd falls to ssthresh (RFC 6582 section
  // 3.2 step 2), and duplicate ACKs inflate the window.
  if ((tcb.flags & TcbFlag.sack) === 0) fallToThreshold(core)
  disarmTimer(core, Timer.probe)
}

/** RFC 5681 equation (4) and RFC 8985 section 6.3: the retransmission timer expired. */
export function enterTimeoutRecovery(core: Core): void {
  const { tcb } = core
  if (tcb.recovery === Recovery.open) {
    rememberWindow(core)
    lowerThreshold(core)
  }
  core.congestion.restart(core)
  tcb.recovery = Recovery.timeout
  tcb.recoveryPoint = tcb.sndMax
  tcb.duplicateAcks = 0
  tcb.inflation = 0
  tcb.flags &= ~(TcbFlag.tlpOutstanding | TcbFlag.probePending | TcbFlag.retransmitOldest)
  disarmTimer(core, Timer.probe)
  disarmTimer(core, Timer.reordering)
  takeBackReneged(core)
  markOverdue(core)
  fallToLossWindow(core)
}

/** After an ACK: ends the recovery if all that was sent before it is acknowledged. */
export function leaveRecoveryIfDone(core: Core): void {
  const { tcb } = core
  if (tcb.recovery === Recovery.open || ((tcb.sndUna - tcb.recoveryPoint) | 0) < 0) return
  // RFC 6937: the window is ssthresh at the end of recovery.
  if (tcb.recovery === Recovery.fast) fallToThreshold(core)
  tcb.recovery = Recovery.open
  tcb.duplicateAcks = 0
  tcb.inflation = 0
  tcb.flags = (tcb.flags | TcbFlag.recoverValid) & ~TcbFlag.retransmitOldest
  agePersistence(core)
}

/** Takes the last reduction back if it proves to have been spurious. */
export function undoIfSpurious(core: Core, advanced: boolean): void {
  const { tcb, globals } = core
  if ((tcb.flags & TcbFlag.undoPossible) === 0 || !isSpurious(core, advanced)) return
  globals.undos = (globals.undos + 1) | 0
  restoreWindow(core)
  tcb.flags &= ~(TcbFlag.undoPossible | TcbFlag.retransmitStamped)
  if (tcb.recovery === Recovery.open) return
  tcb.recovery = Recovery.open
  tcb.duplicateAcks = 0
  tcb.inflation = 0
  tcb.flags &= ~TcbFlag.retransmitOldest
  takeBackLost(core)
}

/**
 * Puts all lost segments back in flight, each at its place in the order of transmission. The lost list is mostly in
 * that order, too, so each search begins at the place of the segment before.
 */
function takeBackLost(core: Core): void {
  const { tcb, segment } = core
  let before = 0
  let beforeSentAt = 0
  while (tcb.lostHead !== 0) {
    const link = tcb.lostHead
    selectLink(core, link)
    const { sentAt } = segment
    const isBehind = before !== 0 && ((sentAt - beforeSentAt) | 0) >= 0
    unmarkLost(core, placeInTime(core, isBehind ? before : 0, sentAt))
    before = link
    beforeSentAt = sentAt
  }
}

/**
 * A reduction proves to be spurious in three cases: DSACKs account for every retransmission (RFC 3708); a timestamp
 * shows that an ACK answers a segment sent before the first retransmission (RFC 3522); all that was deemed lost
 * arrived before any of it was sent again. The third happens when timer and ACK both waited for a busy processor.
 */
function isSpurious(core: Core, advanced: boolean): boolean {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.retransmitStamped) === 0) {
    return tcb.recovery !== Recovery.open && tcb.lostHead === 0
  }
  if (core.dsackSeen !== 0 && tcb.undoRetransmits === 0) return true
  return (
    advanced &&
    tcb.recovery !== Recovery.open &&
    hasTimestamps(core) &&
    ((header(core, HeaderWord.timestampEcho) - tcb.retransmitMillis) | 0) < 0
  )
}

/** A retransmission of the selected segment is about to leave. */
export function noteRetransmission(core: Core): void {
  const { tcb, globals } = core
  globals.retransmits = (globals.retransmits + 1) | 0
  if ((tcb.flags & TcbFlag.undoPossible) === 0) return
  tcb.undoRetransmits += 1
  if ((tcb.flags & TcbFlag.retransmitStamped) !== 0) return
  tcb.flags |= TcbFlag.retransmitStamped
  tcb.retransmitMillis = globals.millis
}

function rememberWindow(core: Core): void {
  const { tcb } = core
  tcb.priorCwnd = tcb.cwnd
  tcb.priorSsthresh = tcb.ssthresh
  tcb.undoMarker = tcb.sndUna
  tcb.undoRetransmits = 0
  tcb.flags = (tcb.flags | TcbFlag.undoPossible) & ~TcbFlag.retransmitStamped
}

/** RFC 2018 section 8: if the oldest segment is sacked and yet not acknowledged, the peer took SACKs back. */
function takeBackReneged(core: Core): void {
  const { tcb, segment } = core
  if (ringIsEmpty(core)) return
  selectEntry(core, tcb.ringHead)
  if ((segment.marks & SegmentMark.sacked) === 0) return
  clearSackCache(core)
  for (let counter = tcb.ringHead; counter !== tcb.ringTail; counter = (counter + 1) | 0) {
    selectEntry(core, counter)
    if ((segment.marks & SegmentMark.sacked) !== 0) markLost(core)
  }
}

/**
 * RFC 8985 section 6.3: marks the oldest segment lost, and all others that are overdue. Segments that are already
 * lost are put in order of sequence again, so that the oldest is repaired first.
 */
function markOverdue(core: Core): void {
  const { tcb, segment, now } = core
  const patience = (tcb.flags & TcbFlag.rackValid) === 0 ? 0 : tcb.rackRtt + core.config.reorderingFloorMicros
  for (let counter = tcb.ringHead; counter !== tcb.ringTail; counter = (counter + 1) | 0) {
    selectEntry(core, counter)
    if ((segment.marks & SegmentMark.sacked) !== 0) continue
    if ((segment.marks & SegmentMark.lost) !== 0) unmarkLost(core, tcb.timeTail)
    else if (counter !== tcb.ringHead && ((segment.sentAt + patience - now) | 0) > 0) continue
    markLost(core)
  }
}
