/** Emits what the composite at hand sends. Its next hop is known, and there is room in the action queue. */
import { copyAddress } from '../../wire/address.ts'
import { CtpKind, MicroprotocolBit } from '../../wire/ctp.ts'
import { heldWords } from '../../wire/header.ts'
import { Action, MessageWord } from '../actions.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import { emitAction } from '../state/emit.ts'
import { has } from './composites.ts'
import { arrivedLength, positionOf } from './rings.ts'

/** Message `number`, whose entry is the one at hand. */
export function emitMessage(core: Core, number: number): void {
  const { globals, composite, sentMessage } = core
  const at = open(core, CtpKind.data)
  const action = core.actions.words
  action[at + MessageWord.number] = has(core, MicroprotocolBit.numbering) ? number : 0
  action[at + MessageWord.socketIndex] = composite.socket - 1
  action[at + MessageWord.position] = positionOf(core, number)
  action[at + MessageWord.payloadLength] = sentMessage.length
  globals.messagesOut = (globals.messagesOut + 1) | 0
}

export function emitAcknowledgment(core: Core): void {
  const { globals, composite } = core
  const at = open(core, CtpKind.acknowledgment)
  const action = core.actions.words
  action[at + MessageWord.next] = composite.receiveNext
  action[at + MessageWord.edge] = composite.advertised
  for (let word = 0; word < heldWords; word += 1) action[at + MessageWord.held + word] = 0
  action[at + MessageWord.payloadLength] = 0
  globals.acknowledgmentsOut = (globals.acknowledgmentsOut + 1) | 0
  if (composite.held > 0) fillHeld(core, action, at + MessageWord.held)
}

/** A bit for each message beyond the gap at receiveNext. */
function fillHeld(core: Core, action: Int32Array, at: number): void {
  const { composite } = core
  const first = (composite.receiveNext + 1) | 0
  const count = Math.min(32 * heldWords, (composite.receiveHigh - first) | 0)
  for (let k = 0; k < count; k += 1) {
    if (arrivedLength(core, (first + k) | 0) === 0) continue
    action[at + (k >> 5)] = (action[at + (k >> 5)] as number) | (1 << (k & 31))
  }
}

function open(core: Core, kind: number): number {
  const { socket, state, composite } = core
  const at = emitAction(core, Action.sendMessage)
  const action = core.actions.words
  action[at + MessageWord.etherDestinationHigh] = core.etherHigh
  action[at + MessageWord.etherDestinationLow] = core.etherLow
  copyAddress(core.own, OwnAddress.address, action, at + MessageWord.ipSource)
  copyAddress(state, socket.remoteAddress, action, at + MessageWord.ipDestination)
  action[at + MessageWord.sourcePort] = socket.localPort
  action[at + MessageWord.destinationPort] = socket.remotePort
  action[at + MessageWord.ctpKind] = kind
  action[at + MessageWord.microprotocols] = composite.microprotocols
  return at
}
