/**
 * A message of a peer's composite goes to the socket that hears this peer, if both have the same microprotocols; else it is
 * counted and dropped, since the two would not understand each other.
 */
import { CtpKind, MicroprotocolBit } from '../../wire/ctp.ts'
import { HeaderWord } from '../../wire/header.ts'
import { Action, DatagramDeliveryWord, Upcall, UpcallWord } from '../actions.ts'
import { type Core, header } from '../state/core.ts'
import { datagramBufferBytes } from '../state/datagrams.ts'
import { findSocket, SocketProtocol } from '../udp/sockets.ts'
import { has, selectComposite } from './composites.ts'
import { microprotocolsOf } from './composition.ts'
import { Disposition } from './microprotocol.ts'
import { positionOf } from './rings.ts'
import { emitOfPeer } from './upcalls.ts'

export function receiveMessage(core: Core): void {
  const { globals, words, head, composite, socket } = core
  const source = head + HeaderWord.ipSource
  const [remotePort, localPort] = [HeaderWord.sourcePort, HeaderWord.destinationPort]
  const index = findSocket(
    core,
    words,
    source,
    header(core, remotePort),
    header(core, localPort),
    SocketProtocol.composite,
  )
  if (index < 0) {
    globals.messagesToNobody = (globals.messagesToNobody + 1) | 0
    return
  }
  selectComposite(core, socket.composite - 1)
  if (header(core, HeaderWord.microprotocols) !== composite.microprotocols) {
    globals.messagesMismatched = (globals.messagesMismatched + 1) | 0
    return
  }
  if (header(core, HeaderWord.ctpKind) === CtpKind.data) receiveData(core)
  else for (const microprotocol of microprotocolsOf(core)) microprotocol.onAcknowledgment(core)
}

function receiveData(core: Core): void {
  const { globals, layout } = core
  const length = header(core, HeaderWord.payloadLength)
  const number = header(core, HeaderWord.number)
  // Put together from fragments: no stack of ours sends one.
  if (length > layout.messageRoom) {
    globals.messagesDropped = (globals.messagesDropped + 1) | 0
    return
  }
  const disposition = dispose(core, number, length)
  if (disposition === Disposition.drop) return
  globals.messagesIn = (globals.messagesIn + 1) | 0
  deliver(core, number, length, disposition === Disposition.hold)
}

function dispose(core: Core, number: number, length: number): number {
  const room = hasRoom(core, number)
  const handlers = microprotocolsOf(core)
  if (handlers.length === 0 && !room) {
    core.globals.messagesDropped = (core.globals.messagesDropped + 1) | 0
    return Disposition.drop
  }
  let highest: number = Disposition.pass
  for (const microprotocol of handlers) {
    const disposition = microprotocol.onMessageIn(core, number, length, room)
    if (disposition === Disposition.drop) return disposition
    if (disposition > highest) highest = disposition
  }
  return highest
}

/** Whether the place of message `number` is free. */
function hasRoom(core: Core, number: number): boolean {
  const { socket, layout, config } = core
  const position = has(core, MicroprotocolBit.ordering) ? positionOf(core, number) : socket.received
  return ((position - socket.consumed) | 0) + layout.messageRoom <= datagramBufferBytes(config)
}

/** Copies the message to its place, and tells the application, or says that it will be told. */
function deliver(core: Core, number: number, length: number, isHeld: boolean): void {
  const { socket, composite, layout } = core
  const isOrdered = has(core, MicroprotocolBit.ordering)
  const at = emitOfPeer(core, Action.deliverMessage, isHeld ? Upcall.messageHeld : Upcall.datagram)
  const action = core.actions.words
  action[at + UpcallWord.position] = isOrdered ? positionOf(core, number) : socket.received
  action[at + UpcallWord.length] = length
  action[at + DatagramDeliveryWord.payloadOffset] = header(core, HeaderWord.payloadOffset)
  action[at + DatagramDeliveryWord.socketIndex] = composite.socket - 1
  if (!isOrdered) socket.received = (socket.received + layout.messageRoom) | 0
}
