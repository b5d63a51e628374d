/**
 * A UDP datagram that arrived (RFC 768, RFC 1122 section 4.1) goes to the socket that hears its sender; if there is
 * none, it is answered with "port unreachable". A datagram that finds the receive buffer full is dropped and counted,
 * because UDP has no flow control.
 */
import { copyAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { Action, DatagramDeliveryWord, Upcall, UpcallWord } from '../actions.ts'
import { answerPortUnreachable } from '../icmp/unreachable.ts'
import { type Core, header } from '../state/core.ts'
import { datagramBufferBytes, datagramRoom } from '../state/datagrams.ts'
import { emitUpcall } from '../state/emit.ts'
import { findSocket, SocketProtocol, socketId } from './sockets.ts'

export function receiveDatagram(core: Core): void {
  const { globals, words, head } = core
  const source = head + HeaderWord.ipSource
  const remotePort = header(core, HeaderWord.sourcePort)
  const index = findSocket(
    core,
    words,
    source,
    remotePort,
    header(core, HeaderWord.destinationPort),
    SocketProtocol.udp,
  )
  if (index < 0) {
    globals.datagramsToNobody = (globals.datagramsToNobody + 1) | 0
    answerPortUnreachable(core)
    return
  }
  if (hasRoom(core, header(core, HeaderWord.payloadLength))) deliver(core, index)
  else globals.datagramsDropped = (globals.datagramsDropped + 1) | 0
}

function hasRoom({ socket, config }: Core, length: number): boolean {
  const unread = (socket.received - socket.consumed) | 0
  return unread + datagramRoom(length) <= datagramBufferBytes(config)
}

function deliver(core: Core, index: number): void {
  const { globals, socket, words, head } = core
  const length = header(core, HeaderWord.payloadLength)
  globals.datagramsIn = (globals.datagramsIn + 1) | 0
  const at = emitUpcall(core, Action.deliverDatagram, Upcall.datagram, socketId(core, index))
  const action = core.actions.words
  action[at + UpcallWord.position] = socket.received
  action[at + UpcallWord.length] = length
  copyAddress(words, head + HeaderWord.ipSource, action, at + UpcallWord.remoteAddress)
  action[at + UpcallWord.remotePort] = header(core, HeaderWord.sourcePort)
  action[at + DatagramDeliveryWord.payloadOffset] = header(core, HeaderWord.payloadOffset)
  action[at + DatagramDeliveryWord.socketIndex] = index
  socket.received = (socket.received + datagramRoom(length)) | 0
}
