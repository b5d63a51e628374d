/**
 * What a connection has to tell the application: bits in the TCB until they are emitted, always in the same
 * order, so that no queue but the action queue is needed.
 */
import { copyAddress } from '../../wire/address.ts'
import { Action, UpcallWord } from '../actions.ts'
import type { Core } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { UpcallBit, upcallOf } from '../state/tcb.ts'
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

/**
 * Schedules the upcall `acknowledged` if enough was acknowledged since the last one: an eighth of the buffer, or all
 * that was sent.
 */
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
  const { words } = core.actions
  const id = bit === UpcallBit.connectFailed ? 0 : connectionId(core)
  const at = emitUpcall(core, Action.upcall, upcallOf(bit), id)
  if (bit === UpcallBit.accepted) {
    words[at + UpcallWord.localPort] = tcb.localPort
    copyAddress(core.state, tcb.remoteAddress, words, at + UpcallWord.remoteAddress)
    words[at + UpcallWord.remotePort] = tcb.remotePort
  } else if (bit === UpcallBit.connected) {
    words[at + UpcallWord.cookie] = tcb.cookie
  } else if (bit === UpcallBit.connectFailed) {
    words[at + UpcallWord.cookie] = tcb.cookie
    words[at + UpcallWord.error] = tcb.closeReason
  } else if (bit === UpcallBit.acknowledged) {
    tcb.sndReported = earlier(tcb.sndUna, tcb.sndQueued)
    words[at + UpcallWord.position] = sendPosition(core, tcb.sndReported)
  } else if (bit === UpcallBit.finished) {
    words[at + UpcallWord.position] = receivePosition(core, tcb.rcvFin)
  } else if (bit === UpcallBit.closed) {
    words[at + UpcallWord.error] = tcb.closeReason
  }
}
