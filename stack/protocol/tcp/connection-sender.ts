/** A TCP connection as a sender; its number is the connection's index. */
import { inert, type SenderKind } from '../senders/kind.ts'
import { type Core, selectConnection } from '../state/core.ts'
import { State } from '../state/tcb.ts'
import { ageConnections } from './ageing.ts'
import { freeIfForgotten, schedule } from './connections.ts'
import { flushConnection } from './output.ts'
import { fireConnectionTimers } from './timers.ts'
import { nextHopIsUnreachable } from './unreachable.ts'

export const connectionSender: SenderKind<Core> = {
  ...inert,

  flush(core, index) {
    selectConnection(core, index)
    if (!flushConnection(core)) return false
    if (core.tcb.state === State.closed) freeIfForgotten(core)
    return true
  },

  resolved(core, index) {
    selectConnection(core, index)
    schedule(core)
  },

  unreachable(core, index) {
    selectConnection(core, index)
    nextHopIsUnreachable(core)
  },

  fire(core, index) {
    selectConnection(core, index)
    fireConnectionTimers(core)
  },

  age: ageConnections,
}
