/**
 * The life of a TCB's index: free → in use → closed → released → free. The application names a connection
 * by its id, index | generation << 16, so that a late request for an earlier use is recognised.
 *
 * Invariant: an index is free again only when the protocol is done with it, everything is emitted, and the
 * application released it or never knew of it.
 */

import { releaseNextHop } from '../arp/neighbor-table.ts'
import { armSweep } from '../state/clock.ts'
import { type Core, selectConnection } from '../state/core.ts'
import { listenerRecord } from '../state/tables.ts'
import { State, TcbFlag, tcbRecord, UpcallBit } from '../state/tcb.ts'
import { insertTuple, removeTuple } from '../state/tuple-hash.ts'

/** Selects a TCB that is all zero but for its new generation; false if none is free. */
export function allocateConnection(core: Core): boolean {
  const { globals, tcb, state } = core
  let index: number
  if (globals.freeHead !== 0) {
    index = globals.freeHead - 1
    selectConnection(core, index)
    globals.freeHead = tcb.nextFree
  } else if (globals.connectionsHigh < core.config.connectionCount) {
    index = globals.connectionsHigh
    globals.connectionsHigh += 1
    selectConnection(core, index)
  } else {
    return false
  }
  const generation = (tcb.generation + 1) & 0xffff
  state.fill(0, tcb.at, tcb.at + tcbRecord.words)
  tcb.generation = generation === 0 ? 1 : generation
  return true
}

/** Enters the connection at hand, whose tuple is set, in `state`. */
export function enterTable(core: Core, state: number): void {
  core.tcb.state = state
  insertTuple(core, core.connection + 1)
  armSweep(core)
}

/** The id of the connection at hand as the application knows it. */
export function connectionId(core: Core): number {
  return core.connection | (core.tcb.generation << 16)
}

/** Selects the connection that the application named; false if the id is stale or was never given out. */
export function selectById(core: Core, id: number): boolean {
  const index = id & 0xffff
  if (index >= core.globals.connectionsHigh) return false
  selectConnection(core, index)
  const { tcb } = core
  return tcb.generation === id >>> 16 && (tcb.flags & TcbFlag.held) !== 0
}

/** Puts the connection at hand in the list of those that may have something to emit. */
export function schedule(core: Core): void {
  const { globals, tcb, state, layout } = core
  if ((tcb.flags & TcbFlag.pending) !== 0) return
  tcb.flags |= TcbFlag.pending
  tcb.nextPending = 0
  const link = core.connection + 1
  if (globals.pendingTail === 0) {
    globals.pendingHead = link
  } else {
    const tail = layout.connections + (globals.pendingTail - 1) * tcbRecord.words
    state[tail + tcbRecord.offsets.nextPending] = link
  }
  globals.pendingTail = link
}

/** Takes the first connection, which is the one at hand, off that list. */
export function unschedule(core: Core): void {
  const { globals, tcb } = core
  globals.pendingHead = tcb.nextPending
  if (globals.pendingHead === 0) globals.pendingTail = 0
  tcb.nextPending = 0
  tcb.flags &= ~TcbFlag.pending
  freeIfDone(core)
}

/**
 * Ends the connection at hand for `reason`, an UpcallError: none after an orderly close. Its buffers are
 * still the application's until it releases them.
 */
export function closeConnection(core: Core, reason: number): void {
  const { globals, tcb } = core
  removeTuple(core, core.connection + 1)
  releaseNextHop(core)
  leaveListener(core)
  if (tcb.state === State.synSent || tcb.state === State.synReceived) {
    globals.attemptFails = (globals.attemptFails + 1) | 0
  }
  tcb.state = State.closed
  tcb.timersArmed = 0
  tcb.closeReason = reason
  if ((tcb.flags & TcbFlag.held) !== 0) tcb.pendingUpcalls |= UpcallBit.closed
  else if ((tcb.flags & TcbFlag.passive) === 0) tcb.pendingUpcalls |= UpcallBit.connectFailed
  schedule(core)
}

/** The connection at hand is no longer in SYN-RECEIVED: it counts no more against the backlog. */
export function leaveListener(core: Core): void {
  const { tcb, listener, layout } = core
  if (tcb.listener === 0) return
  listener.at = layout.listeners + (tcb.listener - 1) * listenerRecord.words
  listener.halfOpen -= 1
  tcb.listener = 0
}

/** The application is done with the connection at hand. */
export function releaseConnection(core: Core): void {
  core.tcb.flags |= TcbFlag.released
  freeIfDone(core)
}

function freeIfDone(core: Core): void {
  const { globals, tcb } = core
  if (tcb.state !== State.closed || (tcb.flags & TcbFlag.pending) !== 0) return
  if ((tcb.flags & TcbFlag.held) !== 0 && (tcb.flags & TcbFlag.released) === 0) return
  tcb.flags = 0
  tcb.nextFree = globals.freeHead
  globals.freeHead = core.connection + 1
}
