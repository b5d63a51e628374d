/**
 * What a segment is that has no byte beyond those that passed. The names are those of Wireshark's analysis, and so are
 * the limits of time; but a segment is judged by what has passed, not by how soon it comes:
 *
 *   fills a hole wholly, at its sender's own device ──────────────── out of order: it passes here first
 *   all reported by the receiver ─────────────────────────────────── spurious retransmission
 *   fills a hole, with a timestamp older than its overtaker's ────── out of order: it was sent first
 *   asked for by two duplicate ACKs or more, the last < 20 ms ago ── fast retransmission
 *   fills a hole younger than a round trip, timestamps being equal ─ out of order
 *   below what SACK blocks report ────────────────────────────────── SACK retransmission
 *   otherwise ────────────────────────────────────────────────────── retransmission
 *
 * The age of the hole decides, since a sender learns of a loss a round trip after the hole opened. How long ago the
 * highest number passed would say nothing in a transfer that goes on meanwhile.
 */
import { sequenceDistance } from '../../protocol/tcp/sequence.ts'
import type { Hole } from './holes.ts'
import type { SegmentKind } from './records.ts'

export const fastRetransmissionMicros = 20_000
/** Without the handshake's round trip. */
export const defaultReorderingMicros = 3_000

export interface Circumstances {
  readonly micros: number
  readonly timestamp: number | undefined
  /** The capture was made at the sender's own device, and none of its bytes passed before. */
  readonly isFirstHere: boolean
  /** The receiver reported all of it: acknowledged, or in SACK blocks. */
  readonly isReported: boolean
  /** The receiver reported bytes beyond it. */
  readonly isBelowSack: boolean
  /** It begins where the last acknowledgment asks. */
  readonly isAskedFor: boolean
  readonly duplicateAcks: number
  /** Of the last acknowledgment; undefined without one. */
  readonly acknowledgedMicros: number | undefined
  /** The hole that it fills, at least in part. */
  readonly hole: Hole | undefined
  /** The handshake's round trip. */
  readonly roundTripMicros: number | undefined
}

export function classify(c: Circumstances): SegmentKind {
  const age = c.hole === undefined ? 0 : timestampAge(c, c.hole)
  if (c.isFirstHere) return 'outOfOrder'
  if (c.isReported) return 'spuriousRetransmission'
  if (age > 0) return 'outOfOrder'
  const isRecent =
    c.acknowledgedMicros !== undefined && c.micros - c.acknowledgedMicros < fastRetransmissionMicros
  if (c.isAskedFor && c.duplicateAcks >= 2 && isRecent) return 'fastRetransmission'
  if (c.hole !== undefined && age === 0 && isYoung(c, c.hole)) return 'outOfOrder'
  return c.isBelowSack ? 'sackRetransmission' : 'retransmission'
}

/**
 * By how much the timestamp is older than the overtaker's; 0 if nothing is known. Timestamps never go back in the order
 * of sending (RFC 7323 section 5.4), but many segments share one.
 */
function timestampAge({ timestamp }: Circumstances, { overtaker }: Hole): number {
  if (timestamp === undefined || overtaker.timestamp === undefined) return 0
  return sequenceDistance(timestamp, overtaker.timestamp)
}

function isYoung({ micros, roundTripMicros }: Circumstances, { overtaker }: Hole): boolean {
  return micros - overtaker.micros < (roundTripMicros ?? defaultReorderingMicros)
}
