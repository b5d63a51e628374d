/**
 * SYN cookies (RFC 4987 section 3.6): while there is no room for half-open connections, a SYN is answered and
 * forgotten. What has to be known of it comes back with the ACK:
 *
 *   our ISS        │ keyed hash, 29 bits │ segment size, 3 bits │
 *   our timestamp  │ clock, 27 bits      │ SACK, 1 │ window scale, 4 (15: none) │      if the peer sent timestamps
 *
 * The hash covers addresses, ports, the peer's ISS, both small fields and the period. An ACK that carries the cookie
 * of this or the last period opens the connection; a guess has one chance in 2^28. Without timestamps there is no
 * place for SACK and window scaling, which are then not agreed on (Linux does the same).
 */
import { HeaderWord, OptionBit, TcpFlag } from '../../../wire/header.ts'
import { SegmentWord } from '../../actions.ts'
import { HashPurpose, keyedHash } from '../../keyed-hash.ts'
import { type Core, header } from '../../state/core.ts'
import { packPorts } from '../../state/tuple-hash.ts'
import { emitAnswer } from '../closing/reset.ts'
import {
  defaultMaximumSegment,
  ipAndTcpHeaderBytes,
  unscaledWindowLimit,
  windowScaleLimit,
} from '../constants.ts'
import { hasTimestamps } from '../incoming.ts'
import { windowScaleFor } from '../window.ts'

/** Segment sizes that a cookie can name: common ones, a least and a greatest. */
const segmentSizes = [64, 256, 536, 966, 1220, 1380, 1460, 8960] as const
const sizeMask = 7
/** A period lasts 65.5 seconds, on the timestamp clock. */
const periodShift = 16
const optionMask = 31
const sackBit = 16
const scaleMask = 15
/** Two periods: this long after the last cookie was sent, no cookie is valid any more. */
const outMillis = 2 << periodShift

/** What an acceptable cookie says of the SYN. */
export interface CookieOptions {
  /** What the peer offered, or less. */
  maximumSegment: number
  sack: boolean
  /** -1: no window scaling. */
  windowScale: number
}

/** Answers the SYN at hand, which is for a listener, and keeps nothing. */
export function sendCookie(core: Core): void {
  const { globals, config } = core
  const size = sizeIndex(core)
  const options = hasTimestamps(core) ? optionsOfSyn(core) : 0
  const iss = cookieOf(core, header(core, HeaderWord.sequence), size, options, periodOf(core))
  const acknowledgment = (header(core, HeaderWord.sequence) + 1) | 0
  const window = Math.min(unscaledWindowLimit, config.receiveBufferBytes)
  const at = emitAnswer(core, iss, acknowledgment, TcpFlag.syn | TcpFlag.ack, window)
  const { words } = core.actions
  words[at + SegmentWord.options] = OptionBit.maximumSegment
  words[at + SegmentWord.maximumSegment] = config.mtuBytes - ipAndTcpHeaderBytes
  if (hasTimestamps(core)) writeOptions(core, at, options)
  globals.cookiesSent = (globals.cookiesSent + 1) | 0
  globals.cookieMillis = globals.millis
}

/** Whether the ACK at hand answers a cookie; if so, `options` is filled from it. */
export function takeCookie(core: Core, options: CookieOptions): boolean {
  const { globals } = core
  // If no cookie can be valid, no ACK is compared, so there is nothing to guess.
  if (globals.cookiesSent === 0 || (globals.millis - globals.cookieMillis) >>> 0 >= outMillis) return false
  const cookie = (header(core, HeaderWord.acknowledgment) - 1) | 0
  const irs = (header(core, HeaderWord.sequence) - 1) | 0
  const size = cookie & sizeMask
  const bits = hasTimestamps(core) ? header(core, HeaderWord.timestampEcho) & optionMask : 0
  const period = periodOf(core)
  if (
    cookie !== cookieOf(core, irs, size, bits, period) &&
    cookie !== cookieOf(core, irs, size, bits, period - 1)
  ) {
    globals.cookiesRejected = (globals.cookiesRejected + 1) | 0
    return false
  }
  const isScaled = hasTimestamps(core) && (bits & scaleMask) !== scaleMask
  options.maximumSegment = segmentSizes[size] as number
  options.sack = (bits & sackBit) !== 0
  options.windowScale = isScaled ? Math.min(windowScaleLimit, bits & scaleMask) : -1
  return true
}

function cookieOf(core: Core, irs: number, size: number, options: number, period: number): number {
  const { config } = core
  const ports = packPorts(header(core, HeaderWord.sourcePort), header(core, HeaderWord.destinationPort))
  const last = HashPurpose.cookie | (size << 4) | (options << 8) | ((period & 0xffff) << 16)
  const hash = keyedHash(config.secret, core.words, core.head + HeaderWord.ipSource, ports, irs, last)
  return (hash & ~sizeMask) | size
}

function periodOf(core: Core): number {
  return core.globals.millis >>> periodShift
}

/** Index of the largest size that the peer accepts; of the smallest if it accepts none. */
function sizeIndex(core: Core): number {
  const hasMaximum = (header(core, HeaderWord.options) & OptionBit.maximumSegment) !== 0
  const offered = hasMaximum ? header(core, HeaderWord.maximumSegment) : defaultMaximumSegment
  let index = segmentSizes.length - 1
  while (index > 0 && (segmentSizes[index] as number) > offered) index -= 1
  return index
}

function optionsOfSyn(core: Core): number {
  const options = header(core, HeaderWord.options)
  const sack = (options & OptionBit.sackPermitted) !== 0 ? sackBit : 0
  if ((options & OptionBit.windowScale) === 0) return sack | scaleMask
  return sack | Math.min(windowScaleLimit, header(core, HeaderWord.windowScale))
}

/** The timestamp carries the options in its low bits; it may lag behind our clock, and is never ahead of it. */
function writeOptions(core: Core, at: number, options: number): void {
  const { globals, config } = core
  const { words } = core.actions
  const stamp = (globals.millis & ~optionMask) | options
  const isAhead = options > (globals.millis & optionMask)
  let bits: number = OptionBit.maximumSegment | OptionBit.timestamps
  if ((options & sackBit) !== 0) bits |= OptionBit.sackPermitted
  if ((options & scaleMask) !== scaleMask) bits |= OptionBit.windowScale
  words[at + SegmentWord.options] = bits
  words[at + SegmentWord.timestampValue] = isAhead ? (stamp - optionMask - 1) | 0 : stamp
  words[at + SegmentWord.timestampEcho] = header(core, HeaderWord.timestampValue)
  words[at + SegmentWord.windowScale] = windowScaleFor(config.receiveBufferBytes)
}
