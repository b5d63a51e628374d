/**
 * What a congestion control algorithm decides: how the window grows while nothing is lost, and how far it
 * falls when something is. Loss detection, recovery and undo are not its business. It keeps its state in the
 * TCB's congestion words, computes in integers, and is called for the connection at hand.
 */
import type { Core } from '../../state/core.ts'
import { congestionWindowLimit, initialWindowSegments } from '../constants.ts'

export interface CongestionControl {
  /** `bytes` were newly acknowledged, outside fast recovery, while the window was what limited sending. */
  grow(core: Core, bytes: number): void
  /** A loss was detected: returns the new ssthresh, in bytes. */
  reduce(core: Core): number
  /** A retransmission timeout or idle time ended what was measured so far. */
  restart(core: Core): void
  /** The last reduction was spurious and cwnd and ssthresh are restored. */
  undo(core: Core): void
}

/**
 * Slow start (RFC 5681 section 3.1), counting all bytes acknowledged, since a peer may acknowledge many
 * segments at once. Returns the bytes that were not used up below ssthresh.
 */
export function slowStart(core: Core, bytes: number): number {
  const { tcb } = core
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
export function spendCredit(core: Core, bytes: number, perSegment: number): void {
  const { tcb } = core
  tcb.ackedCredit += bytes
  const price = Math.min(perSegment, creditLimit)
  if (tcb.ackedCredit < price) return
  const segments = Math.floor(tcb.ackedCredit / price)
  tcb.ackedCredit -= segments * price
  tcb.cwnd = Math.min(congestionWindowLimit, tcb.cwnd + segments * tcb.maximumSegment)
}

/** RFC 6928 */
export function initialWindow(core: Core): number {
  const { maximumSegment } = core.tcb
  return Math.min(initialWindowSegments * maximumSegment, Math.max(2 * maximumSegment, 14600))
}
