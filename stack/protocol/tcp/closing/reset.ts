/**
 * Segments that are not part of a connection's own output: resets (RFC 9293 section 3.10.7.1) and challenge ACKs (RFC
 * 5961). An answer to a frame goes back to the station that sent the frame.
 */
import { copyAddress } from '../../../wire/address.ts'
import { HeaderWord, TcpFlag } from '../../../wire/header.ts'
import { Action, SegmentWord } from '../../actions.ts'
import { type Core, header, OwnAddress } from '../../state/core.ts'
import { emitAction } from '../../state/emit.ts'
import { TcbFlag } from '../../state/tcb.ts'
import { answerIntervalMicros } from '../constants.ts'
import { emitSegment } from '../emit-segment.ts'
import { segmentLength } from '../incoming.ts'

/** Answers the frame at hand, which belongs to no connection, with a reset; a reset is never answered. */
export function resetUnknown(core: Core): void {
  const flags = header(core, HeaderWord.flags)
  if ((flags & TcpFlag.rst) !== 0) return
  if ((flags & TcpFlag.ack) !== 0) {
    // <SEQ=SEG.ACK><CTL=RST>
    emitAnswer(core, header(core, HeaderWord.acknowledgment), 0, TcpFlag.rst, 0)
    countReset(core)
    return
  }
  // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
  const acknowledgment = (header(core, HeaderWord.sequence) + segmentLength(core)) | 0
  emitAnswer(core, 0, acknowledgment, TcpFlag.rst | TcpFlag.ack, 0)
  countReset(core)
}

/** <SEQ=SEG.ACK><CTL=RST>: the frame at hand acknowledges what was never sent. */
export function resetUnacceptable(core: Core): void {
  emitAnswer(core, header(core, HeaderWord.acknowledgment), 0, TcpFlag.rst, 0)
  countReset(core)
}

/** Resets the connection at hand; the next hop is in core.etherHigh/etherLow. */
export function resetConnection(core: Core): void {
  emitSegment(core, core.tcb.sndMax, 0, TcpFlag.rst | TcpFlag.ack)
  countReset(core)
}

/** RFC 5961 section 7: an ACK that makes an honest peer confirm what it sent; limited in rate. */
export function challenge(core: Core): void {
  const { globals, tcb } = core
  if (!mayAnswer(core)) return
  globals.challengeAcks = (globals.challengeAcks + 1) | 0
  tcb.flags |= TcbFlag.ackNow
}

/**
 * Whether a segment that was refused may be answered now: once in `answerIntervalMicros`. Each connection has its own
 * limit. With a common limit, a stranger could see by answers that are missing on his own connection whether a guess
 * on another one was right (CVE-2016-5696), and one peer could use up the answers of all others.
 */
export function mayAnswer(core: Core): boolean {
  const { tcb, now } = core
  const sinceMicros = (now - tcb.answeredAt) | 0
  if ((tcb.flags & TcbFlag.answered) !== 0 && sinceMicros >= 0 && sinceMicros < answerIntervalMicros)
    return false
  tcb.flags |= TcbFlag.answered
  tcb.answeredAt = now
  return true
}

/** A segment in answer to the frame at hand, for which there is no TCB. */
export function emitAnswer(
  core: Core,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
): number {
  const { globals } = core
  const at = emitAction(core, Action.sendSegment)
  const { words } = core.actions
  words[at + SegmentWord.etherDestinationHigh] = header(core, HeaderWord.etherSourceHigh)
  words[at + SegmentWord.etherDestinationLow] = header(core, HeaderWord.etherSourceLow)
  copyAddress(core.own, OwnAddress.address, words, at + SegmentWord.ipSource)
  copyAddress(core.words, core.head + HeaderWord.ipSource, words, at + SegmentWord.ipDestination)
  words[at + SegmentWord.sourcePort] = header(core, HeaderWord.destinationPort)
  words[at + SegmentWord.destinationPort] = header(core, HeaderWord.sourcePort)
  words[at + SegmentWord.sequence] = sequence
  words[at + SegmentWord.acknowledgment] = acknowledgment
  words[at + SegmentWord.flags] = flags
  words[at + SegmentWord.window] = window
  words[at + SegmentWord.options] = 0
  words[at + SegmentWord.sackCount] = 0
  words[at + SegmentWord.connection] = 0
  words[at + SegmentWord.payloadLength] = 0
  words[at + SegmentWord.cutBytes] = 0
  words[at + SegmentWord.positionLow] = 0
  words[at + SegmentWord.positionHigh] = 0
  globals.segmentsOut = (globals.segmentsOut + 1) | 0
  return at
}

/** Sends what is emitted next to where the frame at hand came from. */
export function aimAtSender(core: Core): void {
  core.etherHigh = header(core, HeaderWord.etherSourceHigh)
  core.etherLow = header(core, HeaderWord.etherSourceLow)
}

function countReset(core: Core): void {
  core.globals.resetsOut = (core.globals.resetsOut + 1) | 0
}
