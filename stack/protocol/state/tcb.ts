/**
 * The transmission control block (RFC 9293 section 3.3.1): all that one connection is, besides its ring of
 * sent segments. Sequence numbers, addresses and times are signed 32-bit integers; all zero means initial.
 */

import { addressField, type Cursor, defineRecord } from '../../wire/record.ts'
import { Upcall } from '../actions.ts'

/** Connection states; LISTEN and TIME-WAIT live in tables of their own. */
export const State = {
  closed: 0,
  synSent: 1,
  synReceived: 2,
  established: 3,
  finWait1: 4,
  finWait2: 5,
  closeWait: 6,
  closing: 7,
  lastAck: 8,
} as const

export const TcbFlag = {
  /** Negotiated in the handshake. */
  timestamps: 1 << 0,
  sack: 1 << 1,
  windowScale: 1 << 2,
  /** The application knows the connection's id and has to release it. */
  held: 1 << 3,
  released: 1 << 4,
  /** The application said close: a FIN follows what is queued. */
  closeRequested: 1 << 5,
  finSent: 1 << 6,
  /** rcvFin says where the peer's stream ends. */
  finReceived: 1 << 7,
  /** An ACK has to go out with this request. */
  ackNow: 1 << 8,
  /** The SYN or SYN-ACK has to be sent. */
  synPending: 1 << 9,
  /** The oldest segment is to be sent again whatever the window says (RFC 6582); without SACK only. */
  retransmitOldest: 1 << 10,
  /** A tail loss probe has to be sent. */
  probePending: 1 << 11,
  /** A zero-window probe has to be sent. */
  windowProbePending: 1 << 12,
  /** The next new segment may be small: the sender's SWS override timer fired (RFC 9293 section 3.8.6.2.1). */
  sendPartial: 1 << 13,
  /** Sending stopped for want of congestion window within the flight that ends at cwndLimitedEnd. */
  cwndLimited: 1 << 14,
  /** undoMarker is valid: the window reduction may still prove spurious. */
  undoPossible: 1 << 15,
  /** retransmitMillis is valid. */
  retransmitStamped: 1 << 16,
  reorderingSeen: 1 << 17,
  dsackRoundValid: 1 << 18,
  /** A tail loss probe is unresolved; tlpEnd is valid. */
  tlpOutstanding: 1 << 19,
  tlpRetransmission: 1 << 20,
  /** A duplicate has to be reported in the next SACK option (RFC 2883). */
  dsackPending: 1 << 21,
  rttMeasured: 1 << 22,
  /** answeredAt is valid. */
  answered: 1 << 23,
  passive: 1 << 24,
  /** lastDataAt is valid. */
  dataSent: 1 << 25,
  /** Fast retransmit is barred until SND.UNA passes recoveryPoint (RFC 6582 section 4.1). */
  recoverValid: 1 << 26,
  rackValid: 1 << 27,
  /** The SYN was sent more than once. */
  synRetransmitted: 1 << 28,
} as const

export const Recovery = { open: 0, fast: 1, timeout: 2 } as const

/** Bits of `pendingUpcalls`: emitted in the order of their numbers. */
export const UpcallBit = {
  accepted: 1 << Upcall.accepted,
  connected: 1 << Upcall.connected,
  connectFailed: 1 << Upcall.connectFailed,
  acknowledged: 1 << Upcall.acknowledged,
  finished: 1 << Upcall.finished,
  closed: 1 << Upcall.closed,
  drained: 1 << Upcall.drained,
} as const

/** The `Upcall` of a bit. */
export function upcallOf(bit: number): number {
  return 31 - Math.clz32(bit)
}

/** Indexes into `deadlines`, bits of `timersArmed`; fired in this order. */
export const Timer = {
  delayedAck: 0,
  reordering: 1,
  probe: 2,
  retransmission: 3,
  persist: 4,
} as const
export const timerCount = 5

/** Ranges of out-of-order data that one connection remembers. */
export const rangeLimit = 32
/** SACK blocks that are remembered as already applied to the scoreboard. */
export const sackCacheSize = 4

export const tcbRecord = defineRecord({
  // Identity
  state: 'State',
  flags: 'TcbFlag bits',
  generation: 'counts uses of this index; upper half of the id',
  remoteAddress: addressField('of the peer'),
  remotePort: 'port of the peer',
  localPort: 'our port',
  cookie: "the application's, of connect",
  listener: 'listener that this connection counts at, half-open or not accepted yet, index + 1',
  nextAtListener: 'next older of the same kind at that listener, index + 1',
  previousAtListener: 'next younger, index + 1',
  openerHigh: 'hardware address that the newest SYN came from, first two bytes: where SYN-ACKs go',
  openerLow: 'last four bytes of it',
  nextHop: addressField('that frames go to'),
  pendingUpcalls: 'UpcallBit bits not yet emitted',
  closeReason: 'UpcallError of the closed or connectFailed upcall',
  softError: 'UpcallError that ICMP suggests (RFC 5927)',
  nextFree: 'next free connection, index + 1',
  isOrphan: '1 while it is in the list of orphans',
  nextOrphan: 'next younger orphan, index + 1',
  previousOrphan: 'next older orphan, index + 1',

  // Send sequence space
  iss: 'ISS',
  sndUna: 'SND.UNA: oldest byte not acknowledged',
  sndNxt: 'SND.NXT: next byte to send',
  sndMax: 'highest SND.NXT so far; SND.NXT goes back when the MSS shrinks',
  sndWnd: 'SND.WND, in bytes',
  sndWl1: 'SND.WL1: SEG.SEQ of the last window update',
  sndWl2: 'SND.WL2: SEG.ACK of the last window update',
  sndWndMax: 'MAX.SND.WND: largest window the peer offered (RFC 5961)',
  sndScale: 'Snd.Wind.Shift (RFC 7323)',
  sndQueued: 'sequence number after the last byte in the send buffer',
  sndPositionHigh: 'high word of the stream position of SND.UNA',
  sndReported: 'SND.UNA at the last acknowledged upcall',
  maximumSegment: 'most payload bytes in a segment, timestamps allowed for',
  lastDataAt: 'when data was sent last, microseconds',

  // Receive sequence space
  irs: 'IRS',
  rcvNxt: 'RCV.NXT: next byte expected',
  rcvPositionHigh: 'high word of the stream position of RCV.NXT',
  rcvEdge: 'RCV.NXT + RCV.WND: right edge of the window last advertised; never goes back',
  rcvConsumed: 'sequence number up to which the application has read',
  rcvScale: 'Rcv.Wind.Shift (RFC 7323)',
  rcvAcked: 'Last.ACK.sent (RFC 7323)',
  rcvFin: "sequence number of the peer's FIN",
  answeredAt: 'when an empty segment outside of the window was answered last, microseconds',
  rcvSegment: 'largest payload received, at most our MSS: what a full segment is',
  quickAcks: 'full segments still to be acknowledged at once',

  // Timestamps (RFC 7323)
  tsRecent: 'TS.Recent',
  tsRecentMillis: 'when TS.Recent was taken, on our timestamp clock',

  // Timers
  timersArmed: 'bit per Timer',
  deadlines: ['microseconds, per Timer', timerCount],

  // Round-trip time (RFC 6298)
  srtt: 'SRTT, in eighths of a microsecond',
  rttVariance: 'RTTVAR, in quarters of a microsecond',
  rto: 'RTO without backoff, microseconds',
  backoff: 'times that RTO was doubled',
  retries: 'retransmission timeouts in a row without progress, or without an answer while the window is shut',
  minimumRtt: 'least round trip of this period, microseconds',
  minimumRttBefore: 'least round trip of the period before',
  minimumRttSince: 'when this period began, in milliseconds of the timestamp clock',

  // Congestion control
  cwnd: 'congestion window, bytes',
  ssthresh: 'slow start threshold, bytes',
  cwndLimitedEnd: 'SND.NXT when cwnd last stopped us',
  ackedCredit: 'bytes acknowledged and not yet turned into window growth',
  cubicMaximum: 'W_max, bytes',
  cubicOrigin: 'window at the inflection point, bytes',
  cubicK: 'K, milliseconds',
  cubicEpoch: 'when the epoch began, on our timestamp clock',
  cubicEpochValid: '1 if an epoch is running',
  cubicEstimate: 'W_est, bytes',
  cubicEstimateCredit: 'bytes acknowledged and not yet counted in W_est',
  cubicPrior: 'cwnd_prior, bytes',

  // Loss recovery
  recovery: 'Recovery',
  recoveryPoint: 'SND.NXT when recovery began (RFC 6675)',
  duplicateAcks: 'duplicate ACKs in a row; without SACK only',
  inflation: 'bytes that duplicate ACKs added to the window (RFC 6582); without SACK only',
  prrDelivered: 'bytes delivered since recovery began (RFC 6937)',
  prrOut: 'bytes sent since recovery began',
  prrFlight: 'RecoverFS: bytes in flight when recovery began',
  undoMarker: 'SND.UNA when the window was reduced',
  undoRetransmits: 'retransmissions of this recovery that no DSACK has accounted for',
  priorCwnd: 'cwnd before the reduction',
  priorSsthresh: 'ssthresh before the reduction',
  retransmitMillis: 'timestamp of the first retransmission of this recovery (RFC 3522)',

  // Scoreboard
  ringHead: 'counter of the oldest entry of the segment ring',
  ringTail: 'counter after the newest entry',
  timeHead: 'first in flight by time of transmission, ring slot + 1',
  timeTail: 'last in flight, ring slot + 1',
  lostHead: 'first to be sent again, ring slot + 1',
  lostTail: 'last to be sent again, ring slot + 1',
  pipe: 'bytes in flight: sent, not acknowledged, not sacked, not lost',
  sackedBytes: 'bytes above SND.UNA that the peer holds',
  sackHigh: 'end of the highest segment sacked or acknowledged: RACK.fack',
  sackCache: ['pairs of edges of blocks already applied', 2 * sackCacheSize],
  sackCacheNext: 'pair that is replaced next, modulo their number; 0 if all are empty',

  // RACK-TLP (RFC 8985)
  rackSentAt: 'RACK.xmit_ts, microseconds',
  rackEnd: 'RACK.end_seq',
  rackRtt: 'RACK.rtt, microseconds',
  reorderingMultiplier: 'RACK.reo_wnd_mult - 1',
  reorderingPersist: 'RACK.reo_wnd_persist',
  dsackRound: 'RACK.dsack_round',
  tlpEnd: 'TLP.end_seq',

  // Zero-window probes
  probes: 'probes without an answer',
  probeBackoff: 'times that the interval between probes was doubled',

  // Out-of-order data, most recent first
  dsackLeft: 'left edge of the duplicate to report',
  dsackRight: 'right edge of it',
  rangeCount: 'ranges in use',
  ranges: ['pairs of left and right edge, disjoint, not adjacent', 2 * rangeLimit],
})
export type Tcb = Cursor<typeof tcbRecord.fields>
