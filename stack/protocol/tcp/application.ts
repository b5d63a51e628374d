/**
 * Requests of the application (RFC 9293 section 3.10.1 … 3.10.5). A request for a connection that no longer exists,
 * or with an impossible position, is ignored: an event that the application learns from an upcall came first.
 */
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Action, Upcall, UpcallError, UpcallWord } from '../actions.ts'
import { isHost } from '../ip/addresses.ts'
import { isPort } from '../ports.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { argument, type Core, selectConnection } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { hasRoom } from '../state/room.ts'
import { listenerRecord } from '../state/tables.ts'
import { State, TcbFlag } from '../state/tcb.ts'
import { lookupTuple } from '../state/tuple-hash.ts'
import { requestClose } from './closing/close.ts'
import { boundOrphans, knowsPeer, reclaimOldestOrphan } from './closing/orphans.ts'
import { resetConnection } from './closing/reset.ts'
import { beyondOldSequence, reclaimTimeWait } from './closing/time-wait.ts'
import {
  allocateConnection,
  closeConnection,
  freeConnection,
  releaseConnection,
  schedule,
  selectById,
} from './connections.ts'
import { choosePort } from './opening/ephemeral-port.ts'
import { initialSequence } from './opening/initial-sequence.ts'
import { findListener, forgetUnaccepted, leaveAcceptQueue } from './opening/listeners.ts'
import { beginConnect } from './opening/open.ts'
import { isAfter, isBefore } from './sequence.ts'
import { windowUpdateIsDue } from './window.ts'

export function applyConnectionRequest(core: Core, kind: number): void {
  if (kind === Request.listen) listen(core)
  else if (kind === Request.unlisten) unlisten(core)
  else if (kind === Request.connect) connect(core)
  else if (selectById(core, argument(core, StreamArgument.connection))) applyToStream(core, kind)
}

function applyToStream(core: Core, kind: number): void {
  const { tcb } = core
  if (kind === Request.release) release(core)
  else if (kind === Request.accept) leaveAcceptQueue(core)
  else if (kind === Request.free) freeConnection(core)
  else if (tcb.state !== State.closed) applyToOpen(core, kind)
}

function applyToOpen(core: Core, kind: number): void {
  if (kind === Request.send) queue(core)
  else if (kind === Request.read) read(core)
  else if (kind === Request.close) close(core)
  else if (kind === Request.abort) abort(core)
  else return
  schedule(core)
}

function listen(core: Core): void {
  const { listener, layout, config } = core
  const port = argument(core, ListenArgument.port)
  let error: number = UpcallError.none
  if (!isPort(port) || findListener(core, port) >= 0) {
    error = UpcallError.portInUse
  } else {
    let index = 0
    for (; index < config.listenerCount; index += 1) {
      listener.at = layout.listeners + index * listenerRecord.words
      if (listener.listening === 0) break
    }
    if (index === config.listenerCount) error = UpcallError.tooManyConnections
  }
  const cookie = argument(core, ListenArgument.cookie)
  if (error === UpcallError.none) {
    listener.listening = 1
    listener.port = port
    listener.backlog = Math.max(1, argument(core, ListenArgument.backlog))
    listener.halfOpen = 0
    listener.unaccepted = 0
    listener.halfOpenHead = 0
    listener.unacceptedHead = 0
    listener.cookie = cookie
  }
  answer(core, Upcall.listening, cookie, error)
}

/** Stops listening and drops connections that are not established yet. The application decides about the others. */
function unlisten(core: Core): void {
  const { listener } = core
  if (findListener(core, argument(core, ListenArgument.port)) < 0) return
  while (listener.halfOpenHead !== 0) {
    selectConnection(core, listener.halfOpenHead - 1)
    closeConnection(core, UpcallError.none)
  }
  forgetUnaccepted(core)
  listener.listening = 0
}

function connect(core: Core): void {
  const remotePort = argument(core, ConnectArgument.remotePort)
  const cookie = argument(core, ConnectArgument.cookie)
  const error = open(core, remotePort, argument(core, ConnectArgument.localPort))
  if (error === UpcallError.none) core.tcb.cookie = cookie
  else answer(core, Upcall.connectFailed, cookie, error)
}

function answer(core: Core, upcall: number, cookie: number, error: number): void {
  const at = emitUpcall(core, Action.upcall, upcall, 0)
  const { words } = core.actions
  words[at + UpcallWord.cookie] = cookie
  words[at + UpcallWord.error] = error
}

/** RFC 9293 section 3.10.1; returns an UpcallError. Local port 0: any. */
function open(core: Core, remotePort: number, askedPort: number): number {
  const { words } = core
  const address = core.slot + SlotWord.arguments + ConnectArgument.remoteAddress
  // RFC 1122 section 4.2.3.10: a multicast or broadcast address is no host's.
  if (!isHost(core, words, address) || !isPort(remotePort)) return UpcallError.unreachable
  const localPort = askedPort !== 0 ? askedPort : choosePort(core, words, address, remotePort)
  if (!isPort(localPort)) return UpcallError.portInUse
  let iss = initialSequence(core, words, address, remotePort, localPort)
  const entry = lookupTuple(core, words, address, remotePort, localPort)
  if (entry > 0) return UpcallError.portInUse
  if (entry < 0) {
    if (!reclaimTimeWait(core, -entry - 1)) return UpcallError.portInUse
    iss = beyondOldSequence(core, iss)
  }
  if (!hasRoom(core)) reclaimOldestOrphan(core)
  if (!allocateConnection(core)) return UpcallError.tooManyConnections
  beginConnect(core, words, address, remotePort, localPort, iss)
  return UpcallError.none
}

/** Queues the bytes up to the request's position. A send request that is applied after a close adds nothing. */
function queue(core: Core): void {
  const { tcb, config } = core
  const queued = (tcb.iss + 1 + argument(core, StreamArgument.position)) | 0
  if ((tcb.flags & TcbFlag.closeRequested) !== 0) return
  if (!isAfter(queued, tcb.sndQueued)) return
  // More than the send buffer holds cannot be queued.
  if (((queued - tcb.sndUna) | 0) > config.sendBufferBytes) return
  tcb.sndQueued = queued
}

function read(core: Core): void {
  const { tcb } = core
  if (!consume(core, argument(core, StreamArgument.position))) return
  // After its FIN the peer sends no more data and needs no window update.
  if (!hasTakenFin(core) && windowUpdateIsDue(core)) tcb.flags |= TcbFlag.ackNow
}

/** The application has read up to `position`. False if the position is not new, or lies beyond RCV.NXT. */
function consume(core: Core, position: number): boolean {
  const { tcb } = core
  const consumed = (tcb.irs + 1 + position) | 0
  if (!isAfter(consumed, tcb.rcvConsumed) || isBefore(tcb.rcvNxt, consumed)) return false
  tcb.rcvConsumed = consumed
  return true
}

function hasTakenFin(core: Core): boolean {
  const { tcb } = core
  return (tcb.flags & TcbFlag.finReceived) !== 0 && tcb.rcvNxt === ((tcb.rcvFin + 1) | 0)
}

function close(core: Core): void {
  queue(core)
  requestClose(core)
}

/** RFC 9293 section 3.10.5 */
function abort(core: Core): void {
  if (core.tcb.state > State.synSent && knowsPeer(core)) resetConnection(core)
  closeConnection(core, UpcallError.reset)
}

/**
 * A connection that is released while open is closed first; nobody reads what still arrives. RFC 1122 section
 * 4.2.2.13 and RFC 2525 section 2.17: if received data was not read, a reset tells the peer that this data is lost.
 */
function release(core: Core): void {
  const { tcb } = core
  if (tcb.state !== State.closed) {
    // A strategy may apply this before the last request to read, so the request carries that position, too.
    consume(core, argument(core, StreamArgument.consumed))
    const end = hasTakenFin(core) ? tcb.rcvFin : tcb.rcvNxt
    if (isBefore(tcb.rcvConsumed, end)) abort(core)
    else close(core)
    schedule(core)
  }
  releaseConnection(core)
  boundOrphans(core)
}
