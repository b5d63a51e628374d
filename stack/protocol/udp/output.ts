/**
 * Outgoing datagrams. If the hardware address of the next hop is known, a datagram leaves in the request that brings
 * it. Else it waits in a bounded table (RFC 1122 section 2.3.2.2: at least one packet is kept). There it is a sender
 * of its own, so that it waits only for its own neighbor. A datagram whose neighbor does not answer, or that finds
 * the table full, is dropped and counted.
 *
 * Room in the send buffer becomes free in order, because it is reported by one position: that of the oldest datagram
 * that waits.
 */
import { copyAddress } from '../../wire/address.ts'
import { Action, DatagramWord, Upcall, UpcallWord } from '../actions.ts'
import { writeNextHop } from '../ip/route.ts'
import { aimAtKnown, releaseNextHop } from '../link/neighbor-table.ts'
import { resolveNextHop } from '../link/neighbors.ts'
import { inert, type SenderKind } from '../senders/kind.ts'
import { scheduleSender } from '../senders/pending.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import {
  datagramBufferBytes,
  datagramRoom,
  waitingDatagramCount,
  waitingDatagramRecord,
} from '../state/datagrams.ts'
import { emitAction, emitUpcall } from '../state/emit.ts'
import { later } from '../tcp/sequence.ts'
import { selectSocket, socketId } from './sockets.ts'

/** The share of the send buffer that has to come free before the application is told. */
const reportShift = 3

/** Most actions of one flush: the datagram, and the upcall that its room is free. */
const actionsAtOnce = 2

/** Sends `length` bytes at `position` of the selected socket to the address at `addressAt` in `words`, now or later. */
export function sendDatagram(
  core: Core,
  index: number,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  position: number,
  length: number,
): void {
  const { socket } = core
  socket.queued = later(socket.queued, (position + datagramRoom(length)) | 0)
  writeNextHop(core, words, addressAt, core.nextHop, 0)
  const entry = aimAtKnown(core, socket.neighbor)
  if (entry > 0) socket.neighbor = entry
  if (entry > 0) emitDatagram(core, index, words, addressAt, remotePort, position, length)
  else if (!keep(core, index, words, addressAt, remotePort, position, length)) dropped(core)
  reportRoom(core, index)
}

/** A datagram that waits for its next hop, as a sender. */
export const datagramSender: SenderKind<Core> = {
  ...inert,

  flush(core, entry) {
    const { state, waitingDatagram: waiting } = core
    selectWaiting(core, entry)
    if (waiting.socket === 0) return true
    if (core.actions.capacity - core.actions.count < actionsAtOnce) return false
    const index = waiting.socket - 1
    selectSocket(core, index)
    if (waiting.isLost !== 0) dropped(core)
    else if (resolveNextHop(core, senderOf(core, entry), state, waiting.nextHop)) {
      const { position, length, remotePort, remoteAddress } = waiting
      emitDatagram(core, index, state, remoteAddress, remotePort, position, length)
    } else return true
    forget(core, entry)
    reportRoom(core, index)
    return true
  },

  resolved(core, entry) {
    scheduleSender(core, senderOf(core, entry))
  },

  unreachable(core, entry) {
    selectWaiting(core, entry)
    core.waitingDatagram.isLost = 1
    scheduleSender(core, senderOf(core, entry))
  },
}

/**
 * Tells the application how much of the selected socket's send buffer is free again, if that is an eighth of it or
 * more. The caller has made sure of room in the action queue.
 */
export function reportRoom(core: Core, index: number): void {
  const free = oldestNeeded(core, index)
  if (isWorthReporting(core, free)) report(core, index, free)
}

/** The same for a socket whose send buffer is free up to `free`. False: there is no room in the action queue. */
export function reportSent(core: Core, index: number, free: number): boolean {
  if (!isWorthReporting(core, free)) return true
  if (core.actions.isFull) return false
  report(core, index, free)
  return true
}

function isWorthReporting({ socket, config }: Core, free: number): boolean {
  return ((free - socket.reported) | 0) >= datagramBufferBytes(config) >> reportShift
}

function report(core: Core, index: number, free: number): void {
  core.socket.reported = free
  const at = emitUpcall(core, Action.upcall, Upcall.datagramsSent, socketId(core, index))
  core.actions.words[at + UpcallWord.position] = free
}

/** Drops the datagrams of the selected socket that wait: the socket is being closed. */
export function dropWaiting(core: Core, index: number): void {
  const { socket, globals, waitingDatagram: waiting } = core
  for (let entry = 0; socket.waiting > 0 && entry < globals.waitingDatagramsHigh; entry += 1) {
    selectWaiting(core, entry)
    if (waiting.socket !== index + 1) continue
    dropped(core)
    forget(core, entry)
  }
}

function oldestNeeded(core: Core, index: number): number {
  const { socket, globals, waitingDatagram: waiting } = core
  let oldest = socket.queued
  let left = socket.waiting
  for (let entry = 0; left > 0 && entry < globals.waitingDatagramsHigh; entry += 1) {
    selectWaiting(core, entry)
    if (waiting.socket !== index + 1) continue
    left -= 1
    if (((waiting.position - oldest) | 0) < 0) oldest = waiting.position
  }
  return oldest
}

function emitDatagram(
  core: Core,
  index: number,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  position: number,
  length: number,
): void {
  const { globals, socket } = core
  const at = emitAction(core, Action.sendDatagram)
  const action = core.actions.words
  action[at + DatagramWord.etherDestinationHigh] = core.etherHigh
  action[at + DatagramWord.etherDestinationLow] = core.etherLow
  copyAddress(core.own, OwnAddress.address, action, at + DatagramWord.ipSource)
  copyAddress(words, addressAt, action, at + DatagramWord.ipDestination)
  action[at + DatagramWord.sourcePort] = socket.localPort
  action[at + DatagramWord.destinationPort] = remotePort
  action[at + DatagramWord.socketIndex] = index
  action[at + DatagramWord.position] = position
  action[at + DatagramWord.payloadLength] = length
  globals.datagramsOut = (globals.datagramsOut + 1) | 0
}

/** False: the table is full. */
function keep(
  core: Core,
  index: number,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  position: number,
  length: number,
): boolean {
  const { state, socket, waitingDatagram: waiting } = core
  const entry = takeEntry(core)
  if (entry < 0) return false
  waiting.socket = index + 1
  waiting.isLost = 0
  copyAddress(words, addressAt, state, waiting.remoteAddress)
  waiting.remotePort = remotePort
  copyAddress(core.nextHop, 0, state, waiting.nextHop)
  waiting.position = position
  waiting.length = length
  socket.waiting += 1
  scheduleSender(core, senderOf(core, entry))
  return true
}

/** Selects a free entry; -1 if there is none. */
function takeEntry(core: Core): number {
  const { globals, waitingDatagram: waiting, config } = core
  const entry = globals.waitingDatagramFree - 1
  if (entry >= 0) {
    selectWaiting(core, entry)
    globals.waitingDatagramFree = waiting.nextFree
    return entry
  }
  if (globals.waitingDatagramsHigh === waitingDatagramCount(config)) return -1
  globals.waitingDatagramsHigh += 1
  selectWaiting(core, globals.waitingDatagramsHigh - 1)
  return globals.waitingDatagramsHigh - 1
}

/** Frees the selected entry, whose socket is the selected one. */
function forget(core: Core, entry: number): void {
  const { globals, waitingDatagram: waiting } = core
  releaseNextHop(core, senderOf(core, entry))
  waiting.socket = 0
  waiting.nextFree = globals.waitingDatagramFree
  globals.waitingDatagramFree = entry + 1
  core.socket.waiting -= 1
}

function dropped({ globals }: Core): void {
  globals.datagramsUnsent = (globals.datagramsUnsent + 1) | 0
}

function selectWaiting(core: Core, entry: number): void {
  core.waitingDatagram.at = core.layout.waitingDatagrams + entry * waitingDatagramRecord.words
}

function senderOf({ layout }: Core, entry: number): number {
  return layout.firstSender.datagram + entry
}
