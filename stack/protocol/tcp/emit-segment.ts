/**
 * Emits one segment: fills every field that building it needs, from the TCB (RFC 9293 section 3.1, RFC 7323, RFC
 * 2018). The caller has made sure of room in the queue and left the next hop in core.etherHigh/etherLow.
 */
import { copyAddress } from '../../wire/address.ts'
import { OptionBit, TcpFlag } from '../../wire/header.ts'
import { Action, SegmentWord } from '../actions.ts'
import { disarmTimer } from '../state/clock.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import { emitAction } from '../state/emit.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { ipAndTcpHeaderBytes, unscaledWindowLimit } from './constants.ts'
import { sendPosition, sendPositionHigh } from './positions.ts'
import { writeSackBlocks } from './receiving/sack-out.ts'
import { advertiseWindow, isTakenBack, sendWindowEnd } from './window.ts'

/**
 * A segment of a synchronized connection. `sequence` is not before SND.UNA if it has payload. With `cutBytes`, a
 * super-frame: several segments that follow each other, all but the last with so much payload.
 */
export function emitSegment(
  core: Core,
  sequence: number,
  payloadLength: number,
  flags: number,
  cutBytes = 0,
): void {
  const { tcb, actions, globals } = core
  const at = openSegment(core, sequence, flags)
  const { words } = actions
  words[at + SegmentWord.acknowledgment] = tcb.rcvNxt
  words[at + SegmentWord.window] = advertiseWindow(core)
  words[at + SegmentWord.options] = 0
  words[at + SegmentWord.payloadLength] = payloadLength
  words[at + SegmentWord.cutBytes] = cutBytes
  if ((tcb.flags & TcbFlag.timestamps) !== 0) {
    words[at + SegmentWord.options] = OptionBit.timestamps
    words[at + SegmentWord.timestampValue] = globals.millis
    words[at + SegmentWord.timestampEcho] = tcb.tsRecent
  }
  if (payloadLength > 0) {
    words[at + SegmentWord.positionLow] = sendPosition(core, sequence)
    words[at + SegmentWord.positionHigh] = sendPositionHigh(core, sequence)
  }
  // What the header of a super-frame has, each of its segments has.
  const sackIsComplete = writeSackBlocks(core, at, cutBytes === 0 ? payloadLength : cutBytes)
  tcb.rcvAcked = tcb.rcvNxt
  disarmTimer(core, Timer.delayedAck)
  if (sackIsComplete) tcb.flags &= ~TcbFlag.ackNow
}

/**
 * Emits a bare ACK, with the highest SND.NXT as its SEG.SEQ. While data is cut into smaller segments, SND.NXT itself
 * lies below what the peer has received, and a segment from there would be dropped as old.
 *
 * If the peer has shrunk its window to below that number, it would not accept the segment, nor the ACK in it (RFC
 * 9293 section 3.10.7.4). SEG.SEQ is then the right edge of the window.
 */
export function emitPureAck(core: Core): void {
  const { sndMax } = core.tcb
  emitSegment(core, isTakenBack(core, sndMax) ? sendWindowEnd(core) : sndMax, 0, TcpFlag.ack)
}

/** The SYN of an active open or the SYN-ACK of a passive one. */
export function emitSyn(core: Core): void {
  const { tcb, actions, config, globals } = core
  const isReply = tcb.state === State.synReceived
  const at = openSegment(core, tcb.iss, isReply ? TcpFlag.syn | TcpFlag.ack : TcpFlag.syn)
  const { words } = actions
  let options: number = OptionBit.maximumSegment
  if ((tcb.flags & TcbFlag.windowScale) !== 0) options |= OptionBit.windowScale
  if ((tcb.flags & TcbFlag.sack) !== 0) options |= OptionBit.sackPermitted
  if ((tcb.flags & TcbFlag.timestamps) !== 0) options |= OptionBit.timestamps
  words[at + SegmentWord.acknowledgment] = isReply ? tcb.rcvNxt : 0
  // RFC 7323 section 2.2: the window of a SYN is never scaled.
  words[at + SegmentWord.window] = Math.min(unscaledWindowLimit, config.receiveBufferBytes)
  words[at + SegmentWord.options] = options
  words[at + SegmentWord.maximumSegment] = config.mtuBytes - ipAndTcpHeaderBytes
  words[at + SegmentWord.windowScale] = tcb.rcvScale
  words[at + SegmentWord.timestampValue] = globals.millis
  words[at + SegmentWord.timestampEcho] = isReply ? tcb.tsRecent : 0
  tcb.rcvAcked = tcb.rcvNxt
}

/** Opens a sendSegment record for the connection at hand, without payload and options. */
function openSegment(core: Core, sequence: number, flags: number): number {
  const { tcb, actions, globals } = core
  const at = emitAction(core, Action.sendSegment)
  const { words } = actions
  words[at + SegmentWord.etherDestinationHigh] = core.etherHigh
  words[at + SegmentWord.etherDestinationLow] = core.etherLow
  copyAddress(core.own, OwnAddress.address, words, at + SegmentWord.ipSource)
  copyAddress(core.state, tcb.remoteAddress, words, at + SegmentWord.ipDestination)
  words[at + SegmentWord.sourcePort] = tcb.localPort
  words[at + SegmentWord.destinationPort] = tcb.remotePort
  words[at + SegmentWord.sequence] = sequence
  words[at + SegmentWord.flags] = flags
  words[at + SegmentWord.sackCount] = 0
  words[at + SegmentWord.connection] = core.connection
  words[at + SegmentWord.payloadLength] = 0
  words[at + SegmentWord.cutBytes] = 0
  words[at + SegmentWord.positionLow] = 0
  words[at + SegmentWord.positionHigh] = 0
  globals.segmentsOut = (globals.segmentsOut + 1) | 0
  return at
}
