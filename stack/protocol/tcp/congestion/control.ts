/**
 * What a congestion control algorithm decides: how the window grows while nothing is lost, and how far it
 * falls when something is. Loss detection, recovery and undo are not its business. It keeps its state in the
 * TCB's congestion words, computes in integers, and is called for the connection at hand.
 */
import type { Globals } from '../../state/globals.ts'
import type { Tcb } from '../../state/tcb.ts'
import { congestionWindowLimit, initialWindowSegments } from '../constants.ts'

/** What an algorithm sees of the machine. */
export interface CongestionView {
  /** The connection at hand. */
  readonly tcb: Tcb
  /** The clock is in there. */
  readonly globals: Globals
}

export interface CongestionControl {
  /** `bytes` were newly acknowledged, outside fast recovery, while the window was what limited sending. */
  grow(view: CongestionView, bytes: number): void
  /** A loss was detected: returns the new ssthresh, in bytes. */
  reduce(view: CongestionView): number
  /** A retransmission timeout or idle time ended what was measured so far. */
  restart(view: CongestionView): void
  /** The last reduction was spurious and cwnd and ssthresh are restored. */
  undo(view: CongestionView): void
}

/**
 * Slow start (RFC 5681 section 3.1), counting all bytes acknowledged, since a peer may acknowledge many
 * segments at once. Returns the bytes that were not used up below ssthresh.
 */
export function slowStart(view: CongestionView, bytes: number): number {
  const { tcb } = view
  const room = tcb.ssthresh - tcb.cwnd
  if (bytes <= room) {
    tcb.cwnd += bytes
    return 0
  }
  tcb.cwnd = tcb.ssthresh
  return bytes - room
}

/** Dearest segment, in bytes acknowledged: the sum of credits has to stay in 31 bits. */
const creditLimit = 1 << 30

/** Adds one segment to the window for every `perSegment` bytes of credit. */
export function spendCredit(view: CongestionView, bytes: number, perSegment: number): void {
  const { tcb } = view
  tcb.ackedCredit += bytes
  const price = Math.min(perSegment, creditLimit)
  if (tcb.ackedCredit < price) return
  const segments = Math.floor(tcb.ackedCredit / price)
  tcb.ackedCredit -= segments * price
  tcb.cwnd = Math.min(congestionWindowLimit, tcb.cwnd + segments * tcb.maximumSegment)
}

/** RFC 6928 */
export function initialWindow(view: CongestionView): number {
  const { maximumSegment } = view.tcb
  return Math.min(initialWindowSegments * maximumSegment, Math.max(2 * maximumSegment, 14600))
}
