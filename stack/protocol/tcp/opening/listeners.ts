/**
 * The connections that wait at a listener: half-open ones, whose handshake is not complete, and established ones that
 * the application has not accepted. Each kind is bounded by the backlog, as in Linux.
 *
 *   SYN ──► half-open ── ACK of our SYN ──► unaccepted ── Request.accept, or released ──► the application's alone
 *
 * An unaccepted connection counts until the application accepts or releases it, even if the peer has reset it
 * meanwhile: it occupies an index all that time.
 *
 * Invariant: a connection counts at the listener that `tcb.listener` names, and is in one of its lists: in
 * SYN-RECEIVED as half-open, else as unaccepted.
 */
import { type Core, selectConnection } from '../../state/core.ts'
import { listenerRecord } from '../../state/tables.ts'
import { State, tcbRecord } from '../../state/tcb.ts'

const { halfOpenHead, unacceptedHead } = listenerRecord.offsets
const { nextAtListener, previousAtListener } = tcbRecord.offsets

/** Selects listener `index`. */
export function selectListener(core: Core, index: number): void {
  core.listener.at = core.layout.listeners + index * listenerRecord.words
}

/** Selects the listener of `port`; returns its index or -1. */
export function findListener(core: Core, port: number): number {
  const { listener, config } = core
  for (let index = 0; index < config.listenerCount; index += 1) {
    selectListener(core, index)
    if (listener.listening !== 0 && listener.port === port) return index
  }
  return -1
}

/** Whether the application has to accept before one more handshake may be completed. Selects listener `index`. */
export function acceptQueueIsFull(core: Core, index: number): boolean {
  const { listener } = core
  selectListener(core, index)
  return listener.unaccepted >= listener.backlog
}

/** A peer opens the connection at hand at listener `index`. */
export function joinHalfOpen(core: Core, index: number): void {
  const { tcb, listener } = core
  selectListener(core, index)
  tcb.listener = index + 1
  listener.halfOpen += 1
  enterList(core, halfOpenHead)
}

/** The connection at hand is established: it waits for the application now, if a peer opened it. */
export function joinAcceptQueue(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0) return
  selectListener(core, tcb.listener - 1)
  listener.halfOpen -= 1
  leaveList(core, halfOpenHead)
  listener.unaccepted += 1
  enterList(core, unacceptedHead)
}

/** The application has accepted the connection at hand, or released it. */
export function leaveAcceptQueue(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0) return
  selectListener(core, tcb.listener - 1)
  listener.unaccepted -= 1
  leaveList(core, unacceptedHead)
  tcb.listener = 0
}

/** The connection at hand is about to be closed. */
export function leaveHalfOpen(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0 || tcb.state !== State.synReceived) return
  selectListener(core, tcb.listener - 1)
  listener.halfOpen -= 1
  leaveList(core, halfOpenHead)
  tcb.listener = 0
}

/** The selected listener ends: its unaccepted connections, closed ones included, no longer count at any listener. */
export function forgetUnaccepted(core: Core): void {
  const { listener } = core
  while (listener.unacceptedHead !== 0) {
    selectConnection(core, listener.unacceptedHead - 1)
    leaveAcceptQueue(core)
  }
}

/** Puts the connection at hand first in the list at word `head` of the selected listener. */
function enterList(core: Core, head: number): void {
  const { tcb, listener, state } = core
  const link = core.connection + 1
  const after = state[listener.at + head] as number
  tcb.nextAtListener = after
  tcb.previousAtListener = 0
  if (after !== 0) state[tcbAt(core, after) + previousAtListener] = link
  state[listener.at + head] = link
}

function leaveList(core: Core, head: number): void {
  const { tcb, listener, state } = core
  const { nextAtListener: after, previousAtListener: before } = tcb
  if (before === 0) state[listener.at + head] = after
  else state[tcbAt(core, before) + nextAtListener] = after
  if (after !== 0) state[tcbAt(core, after) + previousAtListener] = before
}

/** Word offset of the connection that a link names. */
function tcbAt(core: Core, link: number): number {
  return core.layout.connections + (link - 1) * tcbRecord.words
}
