/** NewReno (RFC 5681, RFC 6582): one segment more each round trip, half after a loss. */
import type { CongestionControl, CongestionView } from './control.ts'
import { slowStart, spendCredit } from './window.ts'

export const newreno: CongestionControl = {
  grow(view: CongestionView, bytes: number): void {
    const { tcb } = view
    const rest = tcb.cwnd < tcb.ssthresh ? slowStart(view, bytes) : bytes
    // RFC 5681 section 3.1, congestion avoidance by counting bytes acknowledged.
    if (rest > 0) spendCredit(view, rest, tcb.cwnd)
  },

  reduce(view: CongestionView): number {
    const { tcb } = view
    tcb.ackedCredit = 0
    // RFC 5681 equation (4)
    const flight = (tcb.sndNxt - tcb.sndUna) | 0
    return Math.max(Math.min(flight, tcb.cwnd) >> 1, 2 * tcb.maximumSegment)
  },

  restart(view: CongestionView): void {
    view.tcb.ackedCredit = 0
  },

  undo(view: CongestionView): void {
    view.tcb.ackedCredit = 0
  },
}
