/**
 * The three-way handshake (RFC 9293 sections 3.5, 3.10.1 and 3.10.7.2 … 3.10.7.4): active, passive and
 * simultaneous open.
 */
import { copyAddress } from '../../../wire/address.ts'
import { HeaderWord, OptionBit, TcpFlag } from '../../../wire/header.ts'
import { UpcallError } from '../../actions.ts'
import { writeNextHop } from '../../ip/route.ts'
import { disarmTimer } from '../../state/clock.ts'
import { type Core, header } from '../../state/core.ts'
import { halfOpenLimit, hasRoom, isFull } from '../../state/room.ts'
import { State, TcbFlag, Timer, UpcallBit } from '../../state/tcb.ts'
import { reclaimOldestOrphan } from '../closing/orphans.ts'
import { resetUnknown } from '../closing/reset.ts'
import { openWindow } from '../congestion/window.ts'
import { allocateConnection, closeConnection, enterTable, schedule } from '../connections.ts'
import {
  defaultMaximumSegment,
  initialRtoMicros,
  ipAndTcpHeaderBytes,
  leastOfferedSegment,
  quickAckSegments,
  rtoAfterSynLossMicros,
  timestampOptionBytes,
  unlimitedThreshold,
  windowScaleLimit,
} from '../constants.ts'
import { hasFlag, hasTimestamps } from '../incoming.ts'
import { takeRttSample } from '../rtt.ts'
import { windowScaleFor } from '../window.ts'
import {
  acceptQueueIsFull,
  findListener,
  joinAcceptQueue,
  joinHalfOpen,
  selectListener,
} from './listeners.ts'
import { type CookieOptions, sendCookie, takeCookie } from './syn-cookie.ts'

/** Begins an active open on the fresh TCB at hand; its tuple is known to be free. */
export function beginConnect(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
  iss: number,
): void {
  const { tcb, globals } = core
  globals.activeOpens = (globals.activeOpens + 1) | 0
  tcb.flags = TcbFlag.timestamps | TcbFlag.sack | TcbFlag.windowScale | TcbFlag.synPending
  prepare(core, words, addressAt, remotePort, localPort, iss)
  enterTable(core, State.synSent)
  schedule(core)
}

/**
 * A segment for no connection: for a listener, or for none (RFC 9293 sections 3.10.7.1 and 3.10.7.2). A connection
 * that it opens gets `iss` as its ISS. True: the segment answers a SYN cookie, and the connection at hand, in
 * SYN-RECEIVED, has to process it.
 */
export function receiveForListener(core: Core, iss: number): boolean {
  const listener = findListener(core, header(core, HeaderWord.destinationPort))
  // First, an RST is ignored; second, an ACK is bad unless it answers a cookie.
  if (listener < 0 || hasFlag(core, TcpFlag.rst | TcpFlag.ack)) {
    if (listener >= 0 && answersCookie(core)) return openByCookie(core, listener)
    resetUnknown(core)
    return false
  }
  // Third, a SYN opens; fourth, anything else is dropped. SYN and FIN together are no open (Linux drops them, too).
  if (hasFlag(core, TcpFlag.syn) && !hasFlag(core, TcpFlag.fin)) acceptSyn(core, listener, iss)
  return false
}

/** RFC 9293 section 3.10.7.3 */
export function receiveInSynSent(core: Core): void {
  const { tcb } = core
  const hasAck = hasFlag(core, TcpFlag.ack)
  const acknowledgment = header(core, HeaderWord.acknowledgment)
  // First, check the ACK bit: ISS < SEG.ACK =< SND.NXT. Only the SYN was sent, so SND.NXT is the one acceptable
  // number.
  if (hasAck && acknowledgment !== tcb.sndNxt) {
    resetUnknown(core)
    return
  }
  // Second, the RST bit: without an acceptable ACK it is ignored.
  if (hasFlag(core, TcpFlag.rst)) {
    if (!hasAck) return
    core.globals.resetsIn = (core.globals.resetsIn + 1) | 0
    closeConnection(core, UpcallError.refused)
    return
  }
  // Fourth, the SYN bit
  if (!hasFlag(core, TcpFlag.syn)) return
  takeSynOptions(core)
  if (!hasAck) {
    // Simultaneous open (section 3.5, figure 8)
    tcb.state = State.synReceived
    tcb.flags |= TcbFlag.synPending
    tcb.flags &= ~TcbFlag.dataSent
    return
  }
  establish(core)
  tcb.flags |= TcbFlag.held | TcbFlag.ackNow
  tcb.pendingUpcalls |= UpcallBit.connected
}

/** The handshake is complete: the segment at hand acknowledges our SYN. */
export function establish(core: Core): void {
  const { tcb, now } = core
  const isFirstSample = (tcb.flags & TcbFlag.synRetransmitted) === 0
  joinAcceptQueue(core)
  disarmTimer(core, Timer.retransmission)
  tcb.state = State.established
  tcb.sndUna = tcb.sndNxt
  tcb.sndReported = tcb.sndNxt
  tcb.sackHigh = tcb.sndNxt
  tcb.recoveryPoint = tcb.sndNxt
  // RFC 7323 section 2.2: the window of a SYN is not scaled, any other is.
  const scale = hasFlag(core, TcpFlag.syn) ? 0 : tcb.sndScale
  tcb.sndWnd = header(core, HeaderWord.window) << scale
  tcb.sndWndMax = tcb.sndWnd
  tcb.sndWl1 = header(core, HeaderWord.sequence)
  tcb.sndWl2 = header(core, HeaderWord.acknowledgment)
  tcb.ssthresh = unlimitedThreshold
  tcb.backoff = 0
  tcb.quickAcks = quickAckSegments
  openWindow(core, !isFirstSample)
  if (isFirstSample) {
    // A cookie's SYN-ACK was not timed.
    if ((tcb.flags & TcbFlag.dataSent) !== 0) takeRttSample(core, Math.max(1, (now - tcb.lastDataAt) | 0))
  } else {
    // RFC 6298 (5.7): a longer timeout.
    tcb.rto = rtoAfterSynLossMicros
  }
  // The timer may have scheduled the SYN again in this same request.
  tcb.flags &= ~(TcbFlag.dataSent | TcbFlag.synPending)
  tcb.retries = 0
}

function acceptSyn(core: Core, listenerIndex: number, iss: number): void {
  const { tcb, listener, globals } = core
  // A client that we have no room for must not complete a handshake and then wait for our data. As in Linux, its SYN
  // is dropped, so that it asks again.
  if (acceptQueueIsFull(core, listenerIndex) || (isFull(core) && globals.orphanCount === 0)) {
    globals.listenOverflows = (globals.listenOverflows + 1) | 0
    return
  }
  selectListener(core, listenerIndex)
  const limit = Math.min(listener.backlog, halfOpenLimit(core.config))
  if (listener.halfOpen >= limit || !hasRoom(core) || !allocateConnection(core)) {
    sendCookie(core)
    return
  }
  globals.passiveOpens = (globals.passiveOpens + 1) | 0
  joinHalfOpen(core, listenerIndex)
  tcb.flags = TcbFlag.timestamps | TcbFlag.sack | TcbFlag.windowScale | TcbFlag.synPending | TcbFlag.passive
  const remotePort = header(core, HeaderWord.sourcePort)
  const localPort = header(core, HeaderWord.destinationPort)
  prepare(core, core.words, core.head + HeaderWord.ipSource, remotePort, localPort, iss)
  noteOpener(core)
  takeSynOptions(core)
  enterTable(core, State.synReceived)
  schedule(core)
}

/**
 * SYN-ACKs go to where the newest SYN came from. The first may have been damaged on its way in its hardware address,
 * which no checksum of IP or TCP covers.
 */
export function noteOpener(core: Core): void {
  core.tcb.openerHigh = header(core, HeaderWord.etherSourceHigh)
  core.tcb.openerLow = header(core, HeaderWord.etherSourceLow)
}

const cookie: CookieOptions = { maximumSegment: 0, sack: false, windowScale: -1 }

function answersCookie(core: Core): boolean {
  return !hasFlag(core, TcpFlag.rst | TcpFlag.syn) && takeCookie(core, cookie)
}

/**
 * Opens the connection that `cookie` describes, as if its SYN had just been answered; false if there is no room for
 * it.
 */
function openByCookie(core: Core, listenerIndex: number): boolean {
  const { tcb, globals } = core
  if (!hasRoom(core)) reclaimOldestOrphan(core)
  // The ACK is dropped. The next segment of the client acknowledges the same, and may find room.
  if (acceptQueueIsFull(core, listenerIndex) || !allocateConnection(core)) {
    globals.listenOverflows = (globals.listenOverflows + 1) | 0
    return false
  }
  globals.cookiesAccepted = (globals.cookiesAccepted + 1) | 0
  globals.passiveOpens = (globals.passiveOpens + 1) | 0
  joinHalfOpen(core, listenerIndex)
  let flags: number = TcbFlag.passive
  if (hasTimestamps(core)) flags |= TcbFlag.timestamps
  if (cookie.sack) flags |= TcbFlag.sack
  if (cookie.windowScale >= 0) flags |= TcbFlag.windowScale
  tcb.flags = flags
  const remotePort = header(core, HeaderWord.sourcePort)
  const localPort = header(core, HeaderWord.destinationPort)
  const iss = (header(core, HeaderWord.acknowledgment) - 1) | 0
  prepare(core, core.words, core.head + HeaderWord.ipSource, remotePort, localPort, iss)
  noteOpener(core)
  takeAgreed(core, cookie.maximumSegment, Math.max(0, cookie.windowScale))
  takeInitialSequence(core, (header(core, HeaderWord.sequence) - 1) | 0)
  enterTable(core, State.synReceived)
  return true
}

function prepare(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
  iss: number,
): void {
  const { state, tcb, config } = core
  copyAddress(words, addressAt, state, tcb.remoteAddress)
  tcb.remotePort = remotePort
  tcb.localPort = localPort
  writeNextHop(core, words, addressAt, state, tcb.nextHop)
  tcb.iss = iss
  tcb.sndUna = iss
  tcb.sndNxt = (iss + 1) | 0
  tcb.sndMax = tcb.sndNxt
  tcb.sndQueued = tcb.sndNxt
  tcb.rcvScale = windowScaleFor(config.receiveBufferBytes)
  tcb.rto = initialRtoMicros
}

/** The options and sequence number of the peer's SYN. */
function takeSynOptions(core: Core): void {
  const { tcb } = core
  const options = header(core, HeaderWord.options)
  if ((options & OptionBit.timestamps) === 0) tcb.flags &= ~TcbFlag.timestamps
  if ((options & OptionBit.sackPermitted) === 0) tcb.flags &= ~TcbFlag.sack
  if ((options & OptionBit.windowScale) === 0) tcb.flags &= ~TcbFlag.windowScale
  // RFC 9293 section 3.7.1
  const hasMaximum = (options & OptionBit.maximumSegment) !== 0
  const offered = hasMaximum ? header(core, HeaderWord.maximumSegment) : defaultMaximumSegment
  takeAgreed(core, offered, header(core, HeaderWord.windowScale))
  takeInitialSequence(core, header(core, HeaderWord.sequence))
}

/**
 * Sets timestamps, window scales and segment size from the options that both ends agreed on, which are in the flags.
 */
function takeAgreed(core: Core, offeredSegment: number, windowScale: number): void {
  const { tcb, config, globals } = core
  if ((tcb.flags & TcbFlag.windowScale) === 0) tcb.rcvScale = 0
  // RFC 7323 section 2.3: a shift above 14 is taken as 14.
  else tcb.sndScale = Math.min(windowScaleLimit, windowScale)
  let overhead = 0
  if ((tcb.flags & TcbFlag.timestamps) !== 0) {
    tcb.tsRecent = header(core, HeaderWord.timestampValue)
    tcb.tsRecentMillis = globals.millis
    overhead = timestampOptionBytes
  }
  const maximum = Math.min(offeredSegment, config.mtuBytes - ipAndTcpHeaderBytes) - overhead
  tcb.maximumSegment = Math.max(leastOfferedSegment, maximum)
}

function takeInitialSequence(core: Core, irs: number): void {
  const { tcb, config } = core
  tcb.irs = irs
  tcb.rcvNxt = (irs + 1) | 0
  tcb.rcvConsumed = tcb.rcvNxt
  tcb.rcvAcked = tcb.rcvNxt
  tcb.rcvEdge = (tcb.rcvNxt + Math.min(65535, config.receiveBufferBytes)) | 0
}
