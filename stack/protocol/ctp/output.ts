/**
 * A composite as a sender: tells the application what it has to be told, then sends what microprotocols have to say, then
 * messages that were lost, then new ones, as far as all microprotocols permit.
 */
import { MicroprotocolBit } from '../../wire/ctp.ts'
import { UpcallError } from '../actions.ts'
import { resolveNextHop } from '../link/neighbors.ts'
import type { SenderKind } from '../senders/kind.ts'
import { compositeCount, MessageMark } from '../state/composites.ts'
import type { Core } from '../state/core.ts'
import { reportSent } from '../udp/output.ts'
import { selectSocket } from '../udp/sockets.ts'
import { compositeSenderNumber, has, scheduleComposite, selectComposite } from './composites.ts'
import { microprotocolsOf } from './composition.ts'
import { emitMessage } from './emit-message.ts'
import { giveUp, isLost } from './reliability.ts'
import { positionOf, selectSentMessage } from './rings.ts'
import { emitFailure } from './upcalls.ts'

export const compositeSender: SenderKind<Core> = {
  flush(core, index) {
    if (!select(core, index)) return true
    if (!tell(core)) return false
    if (wantsToSend(core) && isResolved(core) && !(sendOwn(core) && sendAgain(core) && sendNew(core))) {
      return false
    }
    return reportSent(core, core.composite.socket - 1, positionOf(core, core.composite.sendOldest))
  },

  resolved(core, index) {
    if (select(core, index)) scheduleComposite(core)
  },

  unreachable(core, index) {
    if (!select(core, index)) return
    if (has(core, MicroprotocolBit.reliability)) giveUp(core, UpcallError.unreachable)
    else dropNew(core)
  },

  fire(core, index) {
    if (!select(core, index)) return
    for (const microprotocol of microprotocolsOf(core)) microprotocol.onTimer(core)
  },

  age(core, isAfterGap) {
    if (!isAfterGap) return false
    for (let index = 0; index < compositeCount(core.config); index += 1) {
      if (!select(core, index)) continue
      for (const microprotocol of microprotocolsOf(core)) microprotocol.onGap(core)
    }
    // While a stamp is compared, a timer is armed that does not let it grow old.
    return false
  },
}

/** Makes composite `index` and its socket those at hand. False: the entry is free. */
function select(core: Core, index: number): boolean {
  selectComposite(core, index)
  const { socket } = core.composite
  if (socket === 0) return false
  selectSocket(core, socket - 1)
  return true
}

function tell(core: Core): boolean {
  const { composite, actions } = core
  for (const microprotocol of microprotocolsOf(core)) if (!microprotocol.tell(core)) return false
  if (composite.failure === 0) return true
  if (actions.isFull) return false
  emitFailure(core, composite.failure)
  composite.failure = 0
  return true
}

function wantsToSend(core: Core): boolean {
  const { composite } = core
  if (composite.lost > 0 || composite.sendNext !== composite.sendEnd) return true
  for (const microprotocol of microprotocolsOf(core)) if (microprotocol.wantsToSend(core)) return true
  return false
}

/** If not, whoever waits for the neighbor is scheduled when it answers. */
function isResolved(core: Core): boolean {
  return resolveNextHop(core, compositeSenderNumber(core), core.state, core.composite.nextHop)
}

function sendOwn(core: Core): boolean {
  for (const microprotocol of microprotocolsOf(core)) if (!microprotocol.send(core)) return false
  return true
}

function sendAgain(core: Core): boolean {
  const { composite, sentMessage, globals, actions } = core
  for (let number = composite.sendOldest; composite.lost > 0; number = (number + 1) | 0) {
    selectSentMessage(core, number)
    if (!isLost(core)) continue
    if (!isPermitted(core, number, true)) return true
    if (actions.isFull) return false
    sentMessage.marks = MessageMark.again
    composite.lost -= 1
    globals.messagesAgain = (globals.messagesAgain + 1) | 0
    leave(core, number)
  }
  return true
}

function sendNew(core: Core): boolean {
  const { composite, actions } = core
  while (composite.sendNext !== composite.sendEnd) {
    const number = composite.sendNext
    if (!isPermitted(core, number, false)) {
      if (composite.inFlight === 0 && composite.lost === 0) blocked(core)
      return true
    }
    if (actions.isFull) return false
    selectSentMessage(core, number)
    leave(core, number)
    composite.sendNext = (number + 1) | 0
    if (!has(core, MicroprotocolBit.reliability)) over(core)
  }
  return true
}

function leave(core: Core, number: number): void {
  for (const microprotocol of microprotocolsOf(core)) microprotocol.onMessageOut(core, number)
  core.composite.inFlight += 1
  emitMessage(core, number)
}

/** Nothing more is heard of what has left. */
function over({ composite }: Core): void {
  composite.sendOldest = composite.sendNext
  composite.inFlight = 0
}

function isPermitted(core: Core, number: number, isAgain: boolean): boolean {
  for (const microprotocol of microprotocolsOf(core)) {
    if (!microprotocol.permits(core, number, isAgain)) return false
  }
  return true
}

function blocked(core: Core): void {
  for (const microprotocol of microprotocolsOf(core)) microprotocol.onBlocked(core)
}

/** Drops what waits for the next hop, which does not answer. */
function dropNew(core: Core): void {
  const { composite, globals } = core
  const waiting = (composite.sendEnd - composite.sendNext) | 0
  globals.messagesUnsent = (globals.messagesUnsent + waiting) | 0
  composite.sendNext = composite.sendEnd
  over(core)
  scheduleComposite(core)
}
