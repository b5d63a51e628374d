/**
 * Who waits at a listener: half-open connections, whose handshake is not complete, and established ones that the
 * application has not accepted. Each kind is bounded by the backlog, as in Linux.
 *
 *   SYN ──► half-open ── ACK of our SYN ──► unaccepted ── Request.accept, or released ──► the application's alone
 *
 * An unaccepted connection counts until the application took it or gave it back, even if the peer reset it meanwhile: it
 * has an index all that time.
 *
 * Invariant: a connection counts at the listener that `tcb.listener` names: in SYN-RECEIVED as half-open, else as
 * unaccepted.
 */
import { type Core, selectConnection } from '../../state/core.ts'
import { listenerRecord } from '../../state/tables.ts'
import { State } from '../../state/tcb.ts'

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

/** The connection at hand is established: it waits for the application now, if a peer opened it. */
export function joinAcceptQueue(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0) return
  selectListener(core, tcb.listener - 1)
  listener.halfOpen -= 1
  listener.unaccepted += 1
}

/** The application has the connection at hand, or does not want it. */
export function leaveAcceptQueue(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0) return
  selectListener(core, tcb.listener - 1)
  listener.unaccepted -= 1
  tcb.listener = 0
}

/** The connection at hand is about to be closed. */
export function leaveHalfOpen(core: Core): void {
  const { tcb, listener } = core
  if (tcb.listener === 0 || tcb.state !== State.synReceived) return
  selectListener(core, tcb.listener - 1)
  listener.halfOpen -= 1
  tcb.listener = 0
}

/** Listener `index` is no more: whoever was not accepted counts nowhere, closed ones included. */
export function forgetUnaccepted(core: Core, index: number): void {
  const { tcb, globals } = core
  for (let connection = 0; connection < globals.connectionsHigh; connection += 1) {
    selectConnection(core, connection)
    if (tcb.listener === index + 1) leaveAcceptQueue(core)
  }
}
