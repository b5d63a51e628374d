/**
 * cwnd and ssthresh: all changes are made here, but for the first value of ssthresh (`establish` in
 * `opening/open.ts`).
 *
 *   a connection opens ............ `openWindow`
 *   an ACK outside of recovery .... `grow` of the congestion control, by `slowStart`, `spendCredit` and `raiseWindow`
 *   a loss ........................ `lowerThreshold` for ssthresh; then for cwnd:
 *      in fast recovery ........... `reduceProportionally` at each ACK; without SACK `fallToThreshold`
 *      at its end ................. `fallToThreshold`
 *      after a timeout ............ `fallToLossWindow`
 *      repaired by a tail probe ... `fallBelowThreshold`
 *   the loss was spurious ......... `restoreWindow`
 *   nothing was sent for long ..... `restartWindow`
 */
import type { Core } from '../../state/core.ts'
import { congestionWindowLimit, initialWindowSegments } from '../constants.ts'
import type { CongestionView } from './control.ts'

/** The handshake is complete. RFC 5681 section 3.1: one segment if the SYN was lost. */
export function openWindow(view: CongestionView, isSynLost: boolean): void {
  const { tcb } = view
  tcb.cwnd = isSynLost ? tcb.maximumSegment : initialWindow(view)
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

/** Most bytes of credit that one segment of growth can cost, so that sums of credits stay in 31 bits. */
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
function initialWindow(view: CongestionView): number {
  const { maximumSegment } = view.tcb
  return Math.min(initialWindowSegments * maximumSegment, Math.max(2 * maximumSegment, 14600))
}

/** Raises cwnd to CUBIC's estimate of Reno's window, if that is larger (RFC 9438 section 4.3). */
export function raiseWindow({ tcb }: CongestionView, bytes: number): void {
  if (bytes > tcb.cwnd) tcb.cwnd = Math.min(congestionWindowLimit, bytes)
}

/** After a loss: the congestion control gives the new ssthresh. */
export function lowerThreshold(core: Core): void {
  core.tcb.ssthresh = core.congestion.reduce(core)
}

export function fallToThreshold({ tcb }: Core): void {
  tcb.cwnd = tcb.ssthresh
}

export function fallBelowThreshold({ tcb }: Core): void {
  tcb.cwnd = Math.min(tcb.cwnd, tcb.ssthresh)
}

/** RFC 5681 section 3.1: the loss window is one segment, beyond what is still in flight. */
export function fallToLossWindow({ tcb }: Core): void {
  tcb.cwnd = tcb.pipe + tcb.maximumSegment
}

/** RFC 6937 section 3: sets cwnd so that the bytes that may leave now are in proportion to the bytes delivered. */
export function reduceProportionally(core: Core, advanced: boolean): void {
  const { tcb } = core
  const { pipe, ssthresh, prrOut } = tcb
  tcb.prrDelivered = (tcb.prrDelivered + core.deliveredBytes) | 0
  let allowance: number
  if (pipe > ssthresh) {
    allowance = Math.ceil((tcb.prrDelivered * ssthresh) / tcb.prrFlight) - prrOut
  } else {
    // Slow start reduction bound: as many bytes as were delivered; one segment more if SND.UNA advanced and nothing
    // new is lost.
    let limit = Math.max(tcb.prrDelivered - prrOut, core.deliveredBytes)
    if (advanced && core.newlyLost === 0) limit += tcb.maximumSegment
    allowance = Math.min(ssthresh - pipe, limit)
  }
  // The first retransmission is always allowed.
  if (prrOut === 0 && allowance < tcb.maximumSegment) allowance = tcb.maximumSegment
  tcb.cwnd = pipe + Math.max(0, allowance)
}

/** RFC 4015 section 3.2: restores cwnd and ssthresh of before the reduction, unless they are larger now. */
export function restoreWindow(core: Core): void {
  const { tcb } = core
  tcb.cwnd = Math.max(tcb.cwnd, tcb.priorCwnd)
  tcb.ssthresh = Math.max(tcb.ssthresh, tcb.priorSsthresh)
  core.congestion.undo(core)
}

/** RFC 5681 section 4.1: after an idle time of one RTO the window is at most the initial one. */
export function restartWindow(core: Core): void {
  const { tcb } = core
  const restart = initialWindow(core)
  if (tcb.cwnd <= restart) return
  tcb.cwnd = restart
  core.congestion.restart(core)
}
