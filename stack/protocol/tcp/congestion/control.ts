/**
 * What a congestion control algorithm decides: how the window grows while nothing is lost, and how far it
 * falls when something is. Loss detection, recovery and undo are not its business. It keeps its state in the
 * TCB's congestion words, computes in integers, and is called for the connection at hand.
 */
import type { Globals } from '../../state/globals.ts'
import type { Tcb } from '../../state/tcb.ts'

/** What an algorithm sees of the machine. */
export interface CongestionView {
  /** The connection at hand. */
  readonly tcb: Tcb
  /** Holds the clock: `millis`. */
  readonly globals: Globals
}

export interface CongestionControl {
  /** `bytes` were newly acknowledged, outside fast recovery, while cwnd was what limited sending. */
  grow(view: CongestionView, bytes: number): void
  /** A loss was detected: returns the new ssthresh, in bytes. */
  reduce(view: CongestionView): number
  /** After a retransmission timeout or idle time: what was measured before no longer holds. */
  restart(view: CongestionView): void
  /** The last reduction was spurious and cwnd and ssthresh are restored. */
  undo(view: CongestionView): void
}
