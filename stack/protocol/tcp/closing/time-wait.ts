/**
 * TIME-WAIT (RFC 9293 section 3.6.1), in a compact table that outlives the TCB: enough to acknowledge a FIN that
 * comes again, and to let a new SYN reuse the tuple (RFC 6191, RFC 1122 section 4.2.2.13). When the table is full the
 * oldest entry gives way. An expired entry is dropped by the next segment or open that meets it, or by the sweep.
 *
 * FIN-WAIT-2 of a connection that the application has released is in this table, too, as in Linux: nothing is left to
 * send, and nobody would read what arrives. So a peer that takes all data and vanishes without a FIN occupies no TCB.
 */
import { copyAddress } from '../../../wire/address.ts'
import { HeaderWord, OptionBit, TcpFlag } from '../../../wire/header.ts'
import { SegmentWord, UpcallError } from '../../actions.ts'
import { type Core, header } from '../../state/core.ts'
import { timeWaitRecord } from '../../state/tables.ts'
import { TcbFlag } from '../../state/tcb.ts'
import { insertTuple, packPorts, removeTuple } from '../../state/tuple-hash.ts'
import { closeConnection } from '../connections.ts'
import { finWait2Micros } from '../constants.ts'
import { hasFlag, hasTimestamps, segmentLength } from '../incoming.ts'
import { initialSequence } from '../opening/initial-sequence.ts'
import { receiveForListener } from '../opening/open.ts'
import { isAfter, isBefore, later } from '../sequence.ts'
import { emitAnswer } from './reset.ts'

/**
 * Least distance from the old SND.NXT to the ISS of a new incarnation, as in Linux (RFC 6191 asks only for "larger").
 */
const sequenceGap = 65536 + 2

/** The connection at hand is closed in both directions: its tuple moves to the table. */
export function enterTimeWait(core: Core): void {
  moveToTable(core, core.config.timeWaitMicros)
}

/** The connection at hand is in FIN-WAIT-2, released, and has acknowledged all that came. */
export function shrinkFinWait2(core: Core): void {
  moveToTable(core, finWait2Micros)
  core.timeWait.finWait2 = 1
}

function moveToTable(core: Core, micros: number): void {
  const { tcb, timeWait, globals, config, now } = core
  closeConnection(core, UpcallError.none)
  const index = globals.timeWaitNext
  globals.timeWaitNext = (index + 1) % config.timeWaitCount
  selectTimeWait(core, index)
  if (timeWait.active !== 0) dropTimeWait(core, index)
  timeWait.active = 1
  timeWait.finWait2 = 0
  copyAddress(core.state, tcb.remoteAddress, core.state, timeWait.remoteAddress)
  timeWait.ports = packPorts(tcb.remotePort, tcb.localPort)
  timeWait.sndNxt = tcb.sndMax
  timeWait.rcvNxt = tcb.rcvNxt
  timeWait.rcvEdge = tcb.rcvEdge
  timeWait.expiry = (now + micros) | 0
  timeWait.timestamps = (tcb.flags & TcbFlag.timestamps) !== 0 ? 1 : 0
  timeWait.tsRecent = tcb.tsRecent
  insertTuple(core, -(index + 1))
}

/**
 * A segment for entry `index`. If the entry has expired, or the segment begins a new connection, the segment goes to
 * `receiveForListener`, whose result is returned; else returns false.
 */
export function receiveInTimeWait(core: Core, index: number): boolean {
  const { timeWait, now } = core
  selectTimeWait(core, index)
  if (((timeWait.expiry - now) | 0) <= 0) {
    dropTimeWait(core, index)
    return receiveForListener(core, freshSequence(core))
  }
  if (timeWait.finWait2 === 0 && mayReuse(core)) {
    const iss = beyondOldSequence(core, freshSequence(core))
    dropTimeWait(core, index)
    return receiveForListener(core, iss)
  }
  if (timeWait.finWait2 === 0) receiveAgain(core)
  else receiveInFinWait2(core, index)
  return false
}

/** Section 3.10.7.4, TIME-WAIT. */
function receiveAgain(core: Core): void {
  const { timeWait, now, config } = core
  // RFC 1337: a reset does not end TIME-WAIT.
  if (hasFlag(core, TcpFlag.rst)) return
  // Section 3.10.7.4: a FIN that comes again restarts the 2 MSL. Every segment but a bare ACK at RCV.NXT is answered
  // by an ACK.
  if (hasFlag(core, TcpFlag.fin)) timeWait.expiry = (now + config.timeWaitMicros) | 0
  if (segmentLength(core) === 0 && header(core, HeaderWord.sequence) === timeWait.rcvNxt) return
  acknowledge(core)
}

/** Section 3.10.7.4, FIN-WAIT-2: only the peer's FIN is still expected. */
function receiveInFinWait2(core: Core, index: number): void {
  const { timeWait, globals, now, config } = core
  const sequence = header(core, HeaderWord.sequence)
  const length = segmentLength(core)
  if (hasFlag(core, TcpFlag.rst)) {
    // RFC 5961 section 3.2, without the challenge: the wait ends soon anyway.
    if (sequence !== timeWait.rcvNxt) return
    globals.resetsIn = (globals.resetsIn + 1) | 0
    dropTimeWait(core, index)
    return
  }
  const isPlain = length === 0 && sequence === timeWait.rcvNxt
  if (isPlain || !hasFlag(core, TcpFlag.ack | TcpFlag.syn)) return
  const end = (sequence + length) | 0
  const isFinInPlace = hasFlag(core, TcpFlag.fin) && end === ((timeWait.rcvNxt + 1) | 0)
  const isNew = length > 0 && isAfter(end, timeWait.rcvNxt) && isBefore(sequence, timeWait.rcvEdge)
  // A SYN is challenged (RFC 5961 section 4.2). A segment that is empty, old, outside of the window or refused by its
  // timestamp is acknowledged.
  if (hasFlag(core, TcpFlag.syn) || isRefusedByTimestamp(core) || !(isNew || isFinInPlace)) {
    acknowledge(core)
    return
  }
  if (!isFinInPlace) {
    // RFC 1122 section 4.2.2.13: nobody will read this data, so a reset tells the peer.
    emitAnswer(core, timeWait.sndNxt, timeWait.rcvNxt, TcpFlag.rst | TcpFlag.ack, 0)
    globals.resetsOut = (globals.resetsOut + 1) | 0
    dropTimeWait(core, index)
    return
  }
  timeWait.finWait2 = 0
  timeWait.rcvNxt = end
  timeWait.expiry = (now + config.timeWaitMicros) | 0
  if (hasTimestamps(core)) timeWait.tsRecent = header(core, HeaderWord.timestampValue)
  acknowledge(core)
}

/** RFC 7323 section 5.3, R1 */
function isRefusedByTimestamp(core: Core): boolean {
  const { timeWait } = core
  if (timeWait.timestamps === 0 || !hasTimestamps(core)) return false
  return isBefore(header(core, HeaderWord.timestampValue), timeWait.tsRecent)
}

/**
 * The initial sequence number of an incarnation that follows the selected entry: `iss`, which the clock gives, or a
 * number beyond the old SND.NXT if the old connection sent faster than the clock ticks.
 */
export function beyondOldSequence(core: Core, iss: number): number {
  return later(iss, (core.timeWait.sndNxt + sequenceGap) | 0)
}

/** Whether entry `index` may give way to an active open of the same tuple; it is dropped if so. */
export function reclaimTimeWait(core: Core, index: number): boolean {
  const { timeWait, now } = core
  selectTimeWait(core, index)
  const isOver = ((timeWait.expiry - now) | 0) <= 0
  // RFC 6191: with timestamps the peer can tell the incarnations apart.
  if (!isOver && timeWait.timestamps === 0) return false
  dropTimeWait(core, index)
  return true
}

/** Drops every entry that is over, or all of them; false if none is left. */
export function dropExpiredTimeWait(core: Core, all: boolean): boolean {
  const { timeWait, now, config } = core
  let isAnyLeft = false
  for (let index = 0; index < config.timeWaitCount; index += 1) {
    selectTimeWait(core, index)
    if (timeWait.active === 0) continue
    if (all || ((timeWait.expiry - now) | 0) <= 0) dropTimeWait(core, index)
    else isAnyLeft = true
  }
  return isAnyLeft
}

/**
 * Whether this is a SYN that begins a new connection (RFC 6191 section 2): by the timestamps if both have one and
 * they differ, else by the sequence number.
 */
function mayReuse(core: Core): boolean {
  const { timeWait } = core
  if (!hasFlag(core, TcpFlag.syn) || hasFlag(core, TcpFlag.ack | TcpFlag.rst | TcpFlag.fin)) return false
  if (timeWait.timestamps !== 0 && hasTimestamps(core)) {
    const value = header(core, HeaderWord.timestampValue)
    if (isAfter(value, timeWait.tsRecent)) return true
    if (isBefore(value, timeWait.tsRecent)) return false
  }
  return isAfter(header(core, HeaderWord.sequence), timeWait.rcvNxt)
}

function freshSequence(core: Core): number {
  const remotePort = header(core, HeaderWord.sourcePort)
  const localPort = header(core, HeaderWord.destinationPort)
  return initialSequence(core, core.words, core.head + HeaderWord.ipSource, remotePort, localPort)
}

function acknowledge(core: Core): void {
  const { timeWait, globals } = core
  const { words } = core.actions
  const at = emitAnswer(core, timeWait.sndNxt, timeWait.rcvNxt, TcpFlag.ack, 0)
  if (timeWait.timestamps === 0) return
  words[at + SegmentWord.options] = OptionBit.timestamps
  words[at + SegmentWord.timestampValue] = globals.millis
  words[at + SegmentWord.timestampEcho] = timeWait.tsRecent
}

function dropTimeWait(core: Core, index: number): void {
  removeTuple(core, -(index + 1))
  core.timeWait.active = 0
}

function selectTimeWait(core: Core, index: number): void {
  core.timeWait.at = core.layout.timeWait + index * timeWaitRecord.words
}
