/**
 * The life of a TCB's index. The application names a connection by its id, index | generation << 16, so that a late
 * request for an earlier use is recognised.
 *
 *   free ─► in use ─► closed and released, in either order ─► drained ── Request.free ─► free
 *              └───── closed, and the application never knew of it ────────────────────► free
 *
 * An action may be performed long after it was emitted: a slow thread may copy a delivery into the receive ring, or
 * transmit from the send ring, when the connection is already closed. So the machine reports when it emits no more
 * such actions (`drained`). The application's side, which sees how far the threads are, reports when all of them are
 * performed (`free`). Both reports are in the one order of requests, so every replica frees an index at the same
 * request.
 *
 * A connection that the application never knew of is freed at once. Nothing is delivered before it is established,
 * and nothing is sent from its ring before the application can write. Actions of it that a thread may still perform,
 * a SYN or a reset, touch no ring.
 *
 * Invariant: an index is free again only when the protocol is done with it and no thread will touch its rings.
 */

import { releaseNextHop } from '../link/neighbor-table.ts'
import { isPending, scheduleSender } from '../senders/pending.ts'
import { disarmSender } from '../senders/timers.ts'
import { armSweep } from '../state/clock.ts'
import { type Core, selectConnection } from '../state/core.ts'
import { State, TcbFlag, tcbRecord, UpcallBit } from '../state/tcb.ts'
import { insertTuple, removeTuple } from '../state/tuple-hash.ts'
import { leaveAcceptQueue, leaveHalfOpen } from './opening/listeners.ts'

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
  globals.connectionsUsed += 1
  const generation = (tcb.generation + 1) & 0xffff
  state.fill(0, tcb.at, tcb.at + tcbRecord.words)
  tcb.generation = generation === 0 ? 1 : generation
  return true
}

/** Enters the connection at hand, whose tuple is set, into the tuple hash; `state` is its first state. */
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

/** The connection at hand may have something to emit. */
export function schedule(core: Core): void {
  scheduleSender(core, core.connection)
}

/** The connection at hand is closed and has emitted everything: frees its index if the application never knew of it. */
export function freeIfForgotten(core: Core): void {
  if ((core.tcb.flags & TcbFlag.held) === 0) freeIndex(core)
}

/**
 * Ends the connection at hand for `reason`, an UpcallError: none after an orderly close. The application keeps the
 * connection's buffers until it releases them.
 */
export function closeConnection(core: Core, reason: number): void {
  const { globals, tcb } = core
  removeTuple(core, core.connection + 1)
  releaseNextHop(core, core.connection)
  leaveHalfOpen(core)
  leaveOrphans(core)
  if (tcb.state === State.synSent || tcb.state === State.synReceived) {
    globals.attemptFails = (globals.attemptFails + 1) | 0
  }
  tcb.state = State.closed
  tcb.timersArmed = 0
  disarmSender(core, core.connection)
  tcb.closeReason = reason
  if ((tcb.flags & TcbFlag.held) !== 0) tcb.pendingUpcalls |= UpcallBit.closed
  else if ((tcb.flags & TcbFlag.passive) === 0) tcb.pendingUpcalls |= UpcallBit.connectFailed
  if ((tcb.flags & TcbFlag.released) !== 0) tcb.pendingUpcalls |= UpcallBit.drained
  schedule(core)
}

/** The application is done with the connection at hand. Only the first call counts. */
export function releaseConnection(core: Core): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.released) !== 0) return
  tcb.flags |= TcbFlag.released
  leaveAcceptQueue(core)
  if (tcb.state !== State.closed) {
    joinOrphans(core)
    return
  }
  tcb.pendingUpcalls |= UpcallBit.drained
  schedule(core)
}

/** Frees the index of the connection at hand: no thread touches its rings any more. Ignored before it is drained. */
export function freeConnection(core: Core): void {
  const { tcb } = core
  const isDrained = tcb.state === State.closed && (tcb.flags & TcbFlag.released) !== 0
  if (isDrained && !isPending(core, core.connection)) freeIndex(core)
}

function freeIndex(core: Core): void {
  const { globals, tcb } = core
  globals.connectionsUsed -= 1
  tcb.flags = 0
  tcb.nextFree = globals.freeHead
  globals.freeHead = core.connection + 1
}

/** The connection at hand was released and is not closed: it becomes the youngest orphan. */
function joinOrphans(core: Core): void {
  const { globals, tcb, state, layout } = core
  const link = core.connection + 1
  tcb.isOrphan = 1
  tcb.previousOrphan = globals.orphanTail
  tcb.nextOrphan = 0
  if (globals.orphanTail === 0) globals.orphanHead = link
  else
    state[layout.connections + (globals.orphanTail - 1) * tcbRecord.words + tcbRecord.offsets.nextOrphan] =
      link
  globals.orphanTail = link
  globals.orphanCount += 1
}

function leaveOrphans(core: Core): void {
  const { globals, tcb, state, layout } = core
  if (tcb.isOrphan === 0) return
  const { previousOrphan: before, nextOrphan: after } = tcb
  const at = (link: number): number => layout.connections + (link - 1) * tcbRecord.words
  if (before === 0) globals.orphanHead = after
  else state[at(before) + tcbRecord.offsets.nextOrphan] = after
  if (after === 0) globals.orphanTail = before
  else state[at(after) + tcbRecord.offsets.previousOrphan] = before
  tcb.isOrphan = 0
  globals.orphanCount -= 1
}
