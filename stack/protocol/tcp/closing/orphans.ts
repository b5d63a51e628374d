/**
 * Orphans: connections that the application has released and the protocol has not ended, in FIN-WAIT-1, CLOSING or
 * LAST-ACK (in FIN-WAIT-2 they need no TCB: see `time-wait.ts`). No application waits for them, and peers that vanish
 * leave them behind. So their number is bounded (half of the table; Linux has tcp_max_orphans), and they give up
 * after fewer retries than other connections (see `timers.ts`). When the table runs short, the oldest are ended to
 * make room for our own opens and for handshakes that complete. A SYN alone ends no orphan: its address may be
 * forged.
 *
 * Invariant: the list holds the orphans and nobody else, the oldest first.
 */

import { UpcallError } from '../../actions.ts'
import { aimAtOpener, nextHopIsKnown } from '../../link/neighbor-table.ts'
import { type Core, selectConnection } from '../../state/core.ts'
import { orphanLimit } from '../../state/room.ts'
import { State, TcbFlag } from '../../state/tcb.ts'
import { closeConnection } from '../connections.ts'
import { resetConnection } from './reset.ts'

/** The application has just released the connection at hand. If there are too many orphans, the oldest ends. */
export function boundOrphans(core: Core): void {
  const { globals, config } = core
  const at = core.connection
  if (globals.orphanCount > orphanLimit(config)) reclaimOldestOrphan(core)
  selectConnection(core, at)
}

/** Ends the oldest orphan with a reset; false if there is none. Selects it. */
export function reclaimOldestOrphan(core: Core): boolean {
  const { globals, tcb } = core
  if (globals.orphanHead === 0) return false
  selectConnection(core, globals.orphanHead - 1)
  if (tcb.state > State.synSent && !core.actions.isFull && knowsPeer(core)) resetConnection(core)
  globals.orphansReclaimed = (globals.orphansReclaimed + 1) | 0
  closeConnection(core, UpcallError.timedOut)
  return true
}

/**
 * Leaves the peer's hardware address in core.etherHigh and core.etherLow, without an ARP request; false if it is not
 * known.
 */
export function knowsPeer(core: Core): boolean {
  if (nextHopIsKnown(core, core.connection)) return true
  aimAtOpener(core)
  return (core.tcb.flags & TcbFlag.passive) !== 0
}
