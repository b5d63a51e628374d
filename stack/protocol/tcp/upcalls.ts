/**
 * What a connection has to tell the application: bits in the TCB until they are emitted, always in the same
 * order, so that no queue but the action queue is needed.
 */
import { Action, Upcall } from '../actions.ts'
import type { Core } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { UpcallBit } from '../state/tcb.ts'
import { connectionId } from './connections.ts'
import { receivePosition, sendPosition } from './positions.ts'
import { earlier } from './sequence.ts'

/** The share of the send buffer that has to come free before the application is told. */
const reportShift = 3

/** Emits the upcalls of the connection at hand; false if the queue filled first. */
export function flushUpcalls(core: Core): boolean {
  const { tcb, actions } = core
  while (tcb.pendingUpcalls !== 0) {
    if (actions.isFull) return false
    const bit = tcb.pendingUpcalls & -tcb.pendingUpcalls
    tcb.pendingUpcalls &= ~bit
    emitOne(core, bit)
  }
  return true
}

/** Whether enough was acknowledged since the last upcall: an eighth of the buffer, or all that was sent. */
export function noteAcknowledged(core: Core): void {
  const { tcb, config } = core
  const end = earlier(tcb.sndUna, tcb.sndQueued)
  const freed = (end - tcb.sndReported) | 0
  if (freed <= 0) return
  if (freed >= config.sendBufferBytes >> reportShift || tcb.sndUna === tcb.sndMax) {
    tcb.pendingUpcalls |= UpcallBit.acknowledged
  }
}

function emitOne(core: Core, bit: number): void {
  const { tcb } = core
  const id = connectionId(core)
  if (bit === UpcallBit.accepted) {
    emitUpcall(core, Action.upcall, Upcall.accepted, id, tcb.localPort, tcb.remoteAddress, tcb.remotePort)
  } else if (bit === UpcallBit.connected) {
    emitUpcall(core, Action.upcall, Upcall.connected, id, tcb.cookie, 0, 0)
  } else if (bit === UpcallBit.connectFailed) {
    emitUpcall(core, Action.upcall, Upcall.connectFailed, 0, tcb.cookie, tcb.closeReason, 0)
  } else if (bit === UpcallBit.acknowledged) {
    tcb.sndReported = earlier(tcb.sndUna, tcb.sndQueued)
    emitUpcall(core, Action.upcall, Upcall.acknowledged, id, sendPosition(core, tcb.sndReported), 0, 0)
  } else if (bit === UpcallBit.finished) {
    emitUpcall(core, Action.upcall, Upcall.finished, id, receivePosition(core, tcb.rcvFin), 0, 0)
  } else if (bit === UpcallBit.closed) {
    emitUpcall(core, Action.upcall, Upcall.closed, id, tcb.closeReason, 0, 0)
  } else if (bit === UpcallBit.drained) {
    emitUpcall(core, Action.upcall, Upcall.drained, id, 0, 0, 0)
  }
}
