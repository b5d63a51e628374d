/**
 * Requests of the application about UDP sockets (RFC 1122 section 4.1.4). One for a socket that no longer exists is
 * ignored.
 */
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { copyAddress } from '../../wire/address.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { udpHeaderBytes } from '../../wire/udp.ts'
import { Action, Upcall, UpcallError, UpcallWord } from '../actions.ts'
import { closeComposite, openComposite, readMessages, sendMessage } from '../ctp/application.ts'
import { isComposition } from '../ctp/composition.ts'
import { isHost } from '../ip/addresses.ts'
import { drawPort, isPort } from '../ports.ts'
import { BindDatagramArgument, DatagramSocketArgument, Request, SendDatagramArgument } from '../requests.ts'
import { argument, type Core } from '../state/core.ts'
import { DatagramSocketState, datagramBufferBytes, datagramRoom } from '../state/datagrams.ts'
import { emitUpcall } from '../state/emit.ts'
import { later } from '../tcp/sequence.ts'
import { dropWaiting, sendDatagram } from './output.ts'
import { allocateSocket, freeSocket, portIsTaken, selectSocketById, socketId } from './sockets.ts'

export function applyDatagramRequest(core: Core, kind: number): void {
  if (kind === Request.bindDatagram) {
    bind(core)
    return
  }
  const index = selectSocketById(core, argument(core, DatagramSocketArgument.socket))
  if (index < 0) return
  if (kind === Request.freeDatagram) freeSocket(core, index)
  else if (core.socket.state !== DatagramSocketState.open) return
  else if (kind === Request.sendDatagram) send(core, index)
  else if (kind === Request.readDatagrams) read(core)
  else if (kind === Request.closeDatagram) close(core, index)
}

function bind(core: Core): void {
  const { socket } = core
  const index = open(core)
  const at = emitUpcall(core, Action.upcall, Upcall.datagramBound, index < 0 ? 0 : socketId(core, index))
  const action = core.actions.words
  action[at + UpcallWord.cookie] = argument(core, BindDatagramArgument.cookie)
  action[at + UpcallWord.error] = index < 0 ? -index : UpcallError.none
  action[at + UpcallWord.localPort] = index < 0 ? 0 : socket.localPort
}

/** Index of the new socket, or -UpcallError. */
function open(core: Core): number {
  const { words, socket, state } = core
  const addressAt = core.slot + SlotWord.arguments + BindDatagramArgument.remoteAddress
  const remotePort = argument(core, BindDatagramArgument.remotePort)
  const asked = argument(core, BindDatagramArgument.localPort)
  if (remotePort !== 0 && !(isPort(remotePort) && isHost(core, words, addressAt)))
    return -UpcallError.unreachable
  const localPort = asked === 0 ? choosePort(core, addressAt, remotePort) : asked
  const bits = argument(core, BindDatagramArgument.composite) - 1
  if (bits >= 0 && (remotePort === 0 || !isComposition(bits))) return -UpcallError.noComposition
  if (!isPort(localPort) || portIsTaken(core, words, addressAt, remotePort, localPort))
    return -UpcallError.portInUse
  const index = allocateSocket(core)
  if (index < 0) return -UpcallError.tooManyConnections
  socket.state = DatagramSocketState.open
  socket.localPort = localPort
  socket.remotePort = remotePort
  if (remotePort !== 0) copyAddress(words, addressAt, state, socket.remoteAddress)
  if (bits >= 0 && !openComposite(core, index, bits)) {
    socket.state = DatagramSocketState.closed
    freeSocket(core, index)
    return -UpcallError.tooManyConnections
  }
  return index
}

const attemptLimit = 256

/** A dynamic port that no socket has for this peer; 0 if none was drawn. */
function choosePort(core: Core, addressAt: number, remotePort: number): number {
  const { words } = core
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const port = drawPort(core, words, addressAt, remotePort)
    if (!portIsTaken(core, words, addressAt, remotePort, port)) return port
  }
  return 0
}

/** Checks the arguments again, because the application may be a faulty program. */
function send(core: Core, index: number): void {
  const { socket, words, state, config, globals } = core
  if (socket.composite !== 0) {
    sendMessage(core)
    return
  }
  const isConnected = socket.remotePort !== 0
  const given = core.slot + SlotWord.arguments + SendDatagramArgument.remoteAddress
  const remotePort = isConnected ? socket.remotePort : argument(core, SendDatagramArgument.remotePort)
  const position = argument(core, SendDatagramArgument.position)
  const length = argument(core, SendDatagramArgument.length)
  const fits = length >= 0 && length <= config.mtuBytes - ipv4HeaderBytes - udpHeaderBytes
  const ahead = (position - socket.reported) | 0
  if (!fits || ahead < 0 || ahead + datagramRoom(length) > datagramBufferBytes(config)) return
  const isTo = isConnected || (isPort(remotePort) && isHost(core, words, given))
  if (!isTo) {
    socket.queued = later(socket.queued, (position + datagramRoom(length)) | 0)
    globals.datagramsUnsent = (globals.datagramsUnsent + 1) | 0
    return
  }
  if (isConnected) sendDatagram(core, index, state, socket.remoteAddress, remotePort, position, length)
  else sendDatagram(core, index, words, given, remotePort, position, length)
}

function read(core: Core): void {
  const { socket } = core
  const position = argument(core, DatagramSocketArgument.position)
  const isAhead = ((position - socket.consumed) | 0) > 0 && ((socket.received - position) | 0) >= 0
  if (!isAhead) return
  socket.consumed = position
  if (socket.composite !== 0) readMessages(core)
}

function close(core: Core, index: number): void {
  if (core.socket.composite !== 0) closeComposite(core)
  dropWaiting(core, index)
  core.socket.state = DatagramSocketState.closed
  emitUpcall(core, Action.upcall, Upcall.datagramDrained, socketId(core, index))
}
