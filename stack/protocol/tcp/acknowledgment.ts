/**
 * SEG.ACK (RFC 9293 section 3.10.7.4, "Fifth, check the ACK field"): takes acknowledged segments off the scoreboard,
 * measures the round trip, detects losses, and moves the windows.
 */
import { HeaderWord } from '../../wire/header.ts'
import { armTimer, disarmTimer } from '../state/clock.ts'
import { type Core, header } from '../state/core.ts'
import { SegmentMark } from '../state/sent-segment.ts'
import { Recovery, TcbFlag, Timer } from '../state/tcb.ts'
import { challenge } from './closing/reset.ts'
import { reduceProportionally } from './congestion/window.ts'
import { deliverSegment, noSample } from './delivery.ts'
import { hasTimestamps, segmentLength } from './incoming.ts'
import { noteDuplicate, notePartial } from './loss/duplicate-acks.ts'
import { detectLoss } from './loss/rack.ts'
import { enterFastRecovery, leaveRecoveryIfDone, undoIfSpurious } from './loss/recovery.ts'
import { clearSackCache, processSackBlocks } from './loss/sack-in.ts'
import {
  extendSelection,
  removeHead,
  removeSelection,
  ringIsEmpty,
  selectEntry,
  trimHead,
} from './loss/scoreboard.ts'
import { armProbe, resolveProbe } from './loss/tail-probe.ts'
import { advanceSndUna } from './positions.ts'
import { backedOffRto, takeRttSample } from './rtt.ts'
import { isAfter, isBefore, later } from './sequence.ts'
import { noteAcknowledged } from './upcalls.ts'

const microsPerMilli = 1000
/**
 * More than any window. When SND.UNA is this far beyond undoMarker, no DSACK for data sent before the reduction comes
 * any more.
 */
const undoReachBytes = 2 ** 30

/** False: the segment is to be dropped. */
export function processAcknowledgment(core: Core): boolean {
  const { tcb } = core
  const acknowledgment = header(core, HeaderWord.acknowledgment)
  // RFC 5961 section 5.2: acceptable is SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT.
  if (isAfter(acknowledgment, tcb.sndMax) || isBefore(acknowledgment, (tcb.sndUna - tcb.sndWndMax) | 0)) {
    challenge(core)
    return false
  }
  const previousUna = tcb.sndUna
  const advanced = isAfter(acknowledgment, previousUna)
  const wasRecovering = tcb.recovery === Recovery.fast
  const isDuplicate = !advanced && repeatsAcknowledgment(core, acknowledgment)
  core.deliveredBytes = 0
  core.rttSample = noSample
  core.dsackSeen = 0
  core.newlyLost = 0
  tcb.probes = 0

  if (advanced) acknowledgeThrough(core, acknowledgment)
  if ((tcb.flags & TcbFlag.sack) !== 0 && header(core, HeaderWord.sackCount) > 0) {
    processSackBlocks(core, acknowledgment)
  }
  if (!isBefore(acknowledgment, previousUna)) updateSendWindow(core, acknowledgment, advanced)
  // R2 (RFC 9293 section 3.8.3) limits the retries towards a silent peer. A peer is not silent if its ACKs advance
  // SND.UNA, even if they give no RTT sample that would end the backoff. Nor is it silent if it has shrunk its window
  // to zero (RFC 9293 section 3.8.6, MUST-34) and answers every retransmission. No application waits for an orphan,
  // so an answer without progress does not keep it.
  if (advanced || (tcb.sndWnd === 0 && tcb.isOrphan === 0)) tcb.retries = 0
  if (advanced || core.deliveredBytes > 0) measure(core, advanced)
  if (isDuplicate) core.globals.duplicateAcksIn = (core.globals.duplicateAcksIn + 1) | 0

  resolveProbe(core, acknowledgment, isDuplicate && header(core, HeaderWord.sackCount) === 0)
  leaveOrUndo(core, advanced)
  findLosses(core, advanced, isDuplicate, (acknowledgment - previousUna) | 0)
  if (tcb.recovery === Recovery.fast) {
    if ((tcb.flags & TcbFlag.sack) !== 0) reduceProportionally(core, advanced)
  } else if (advanced && !wasRecovering) {
    growWindow(core, (acknowledgment - previousUna) | 0)
  }
  restartTimers(core, advanced)
  if (advanced) noteAcknowledged(core)
  return true
}

/**
 * RFC 9293: take SEG.WND if SND.WL1 < SEG.SEQ, or SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK. Beyond the RFC, and as in
 * Linux, take it also from a segment that advances SND.UNA (`advanced`). The peer sent such a segment after all
 * earlier ones, even if it is a retransmission with an old SEG.SEQ. If only its SEG.ACK were taken, SND.UNA + SND.WND
 * would exceed every right edge that the peer offered.
 */
function updateSendWindow(core: Core, acknowledgment: number, advanced: boolean): void {
  const { tcb } = core
  const sequence = header(core, HeaderWord.sequence)
  if (!advanced) {
    if (isAfter(tcb.sndWl1, sequence)) return
    if (tcb.sndWl1 === sequence && isAfter(tcb.sndWl2, acknowledgment)) return
  }
  const window = header(core, HeaderWord.window) << tcb.sndScale
  tcb.sndWnd = window
  tcb.sndWl1 = sequence
  tcb.sndWl2 = acknowledgment
  if (window > tcb.sndWndMax) tcb.sndWndMax = window
}

/** Takes everything up to `acknowledgment` off the scoreboard. */
function acknowledgeThrough(core: Core, acknowledgment: number): void {
  const { tcb, segment } = core
  let repaired = false
  while (tcb.ringHead !== tcb.ringTail) {
    selectEntry(core, tcb.ringHead)
    if (isAfter(segment.end, acknowledgment)) {
      if (isBefore(segment.start, acknowledgment)) {
        core.deliveredBytes = (core.deliveredBytes + acknowledgment - segment.start) | 0
        trimHead(core, acknowledgment)
      }
      break
    }
    if (segment.marks === 0 && !isAfter(tcb.sackHigh, segment.start)) {
      acknowledgeTogether(core, acknowledgment)
      continue
    }
    if ((segment.marks & SegmentMark.sacked) === 0) {
      if ((segment.marks & SegmentMark.retransmitted) !== 0) repaired = true
      deliverSegment(core)
    }
    removeHead(core)
  }
  // Karn's algorithm: segments behind a hole were acknowledged only when a retransmission filled it, so they give no
  // sample.
  if (repaired) core.rttSample = noSample
  advanceSndUna(core, acknowledgment)
  forgetPassed(core)
  tcb.sndNxt = later(tcb.sndNxt, acknowledgment)
  tcb.sackHigh = later(tcb.sackHigh, acknowledgment)
}

/**
 * Takes the oldest entry off the scoreboard, and those behind it that were sent with it, as if one after the other. Nothing
 * was delivered beyond them: so each is the highest in its turn, and what they tell by their time all of them tell.
 */
function acknowledgeTogether(core: Core, acknowledgment: number): void {
  const { segment } = core
  const { start } = segment
  const count = extendSelection(core, acknowledgment)
  core.deliveredBytes = (core.deliveredBytes + segment.start - start) | 0
  deliverSegment(core)
  if (count === 1) removeHead(core)
  else removeSelection(core, count, start)
}

/**
 * Forgets sequence numbers that SND.UNA has passed: kept for longer, they would seem to lie ahead again after 2 GiB.
 */
function forgetPassed(core: Core): void {
  const { tcb } = core
  // RFC 6582 section 4.1: only an ACK of more than "recover" allows fast retransmit again.
  if (isAfter(tcb.sndUna, tcb.recoveryPoint)) tcb.flags &= ~TcbFlag.recoverValid
  if (!isBefore(tcb.sndUna, tcb.dsackRound)) tcb.flags &= ~TcbFlag.dsackRoundValid
  if (tcb.sackedBytes === 0 && tcb.sackCacheNext !== 0) clearSackCache(core)
  if (isAfter(tcb.sndUna, (tcb.undoMarker + undoReachBytes) | 0)) tcb.flags &= ~TcbFlag.undoPossible
}

function measure(core: Core, advanced: boolean): void {
  if (core.rttSample !== noSample) {
    takeRttSample(core, core.rttSample)
    return
  }
  // RFC 7323 section 4: with timestamps even a retransmitted segment's ACK is unambiguous.
  if (!advanced || !hasTimestamps(core)) return
  const millis = (core.globals.millis - header(core, HeaderWord.timestampEcho)) | 0
  if (millis >= 0 && millis < 60_000) takeRttSample(core, (millis === 0 ? 1 : millis) * microsPerMilli)
}

/** RFC 5681: an ACK that repeats SND.UNA while data is outstanding, and changes nothing else. */
function repeatsAcknowledgment(core: Core, acknowledgment: number): boolean {
  const { tcb } = core
  return (
    acknowledgment === tcb.sndUna &&
    !ringIsEmpty(core) &&
    segmentLength(core) === 0 &&
    header(core, HeaderWord.window) << tcb.sndScale === tcb.sndWnd
  )
}

function leaveOrUndo(core: Core, advanced: boolean): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.undoPossible) !== 0) undoIfSpurious(core, advanced)
  if (tcb.recovery !== Recovery.open) leaveRecoveryIfDone(core)
}

function findLosses(core: Core, advanced: boolean, isDuplicate: boolean, bytes: number): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.sack) !== 0) detectLoss(core)
  else if (advanced) notePartial(core, bytes)
  else if (isDuplicate) noteDuplicate(core)
  if (tcb.lostHead !== 0 && tcb.recovery === Recovery.open) enterFastRecovery(core)
}

/** RFC 5681 and RFC 9293: cwnd grows only while cwnd is what limits sending. */
function growWindow(core: Core, bytes: number): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.cwndLimited) === 0) return
  core.congestion.grow(core, bytes)
  if (!isBefore(tcb.sndUna, tcb.cwndLimitedEnd)) tcb.flags &= ~TcbFlag.cwndLimited
}

function restartTimers(core: Core, advanced: boolean): void {
  const { now } = core
  if (ringIsEmpty(core)) {
    // RFC 6298 (5.2)
    disarmTimer(core, Timer.retransmission)
    disarmTimer(core, Timer.reordering)
    disarmTimer(core, Timer.probe)
    return
  }
  // RFC 6298 (5.3)
  if (advanced) armTimer(core, Timer.retransmission, (now + backedOffRto(core)) | 0)
  if (advanced || core.deliveredBytes > 0) armProbe(core)
}
