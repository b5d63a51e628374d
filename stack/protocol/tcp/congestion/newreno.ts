/** NewReno (RFC 5681, RFC 6582): one segment more each round trip, half after a loss. */
import type { Core } from '../../state/core.ts'
import { type CongestionControl, slowStart, spendCredit } from './control.ts'

export const newreno: CongestionControl = {
  grow(core: Core, bytes: number): void {
    const { tcb } = core
    const rest = tcb.cwnd < tcb.ssthresh ? slowStart(core, bytes) : bytes
    // RFC 5681 section 3.1, congestion avoidance by counting bytes acknowledged.
    if (rest > 0) spendCredit(core, rest, tcb.cwnd)
  },

  reduce(core: Core): number {
    const { tcb } = core
    tcb.ackedCredit = 0
    // RFC 5681 equation (4)
    const flight = (tcb.sndNxt - tcb.sndUna) | 0
    return Math.max(Math.min(flight, tcb.cwnd) >> 1, 2 * tcb.maximumSegment)
  },

  restart(core: Core): void {
    core.tcb.ackedCredit = 0
  },

  undo(core: Core): void {
    core.tcb.ackedCredit = 0
  },
}
