/**
 * Requests of the application (RFC 9293 section 3.10.1 … 3.10.5). A request that names a connection that is
 * no more, or a position that cannot be, is ignored: it was overtaken by something the upcalls tell.
 */
import { Action, Upcall, UpcallError } from '../actions.ts'
import { selectNeighbor } from '../arp/neighbors.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { selectNextOpen } from '../state/clock.ts'
import { argument, type Core, randomBits } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { listenerRecord, NeighborState } from '../state/tables.ts'
import { State, TcbFlag } from '../state/tcb.ts'
import { lookupTuple, shardOfTuple } from '../state/tuple-hash.ts'
import { limitFinWait2, requestClose } from './close.ts'
import {
  allocateConnection,
  closeConnection,
  freeConnection,
  releaseConnection,
  schedule,
  selectById,
} from './connections.ts'
import { findListener, forgetUnaccepted, leaveAcceptQueue } from './listeners.ts'
import { beginConnect } from './open.ts'
import { resetConnection } from './reset.ts'
import { isAfter, isBefore } from './sequence.ts'
import { reclaimTimeWait } from './time-wait.ts'
import { windowUpdateIsDue } from './window.ts'

/** RFC 6056 section 3.2: the dynamic ports. */
const firstEphemeralPort = 32768
const ephemeralPortCount = 65536 - firstEphemeralPort
const portAttempts = 1024

export function applyApplicationRequest(core: Core, kind: number): void {
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
  if (findListener(core, port) >= 0) {
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
    listener.cookie = cookie
  }
  emitUpcall(core, Action.upcall, Upcall.listening, 0, cookie, error, 0)
}

/** Stops listening; connections that are not established yet are dropped. Of others the application decides. */
function unlisten(core: Core): void {
  const { tcb, listener } = core
  const index = findListener(core, argument(core, ListenArgument.port))
  if (index < 0) return
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if (tcb.listener === index + 1 && tcb.state === State.synReceived) {
      closeConnection(core, UpcallError.none)
    }
  }
  forgetUnaccepted(core, index)
  findListener(core, argument(core, ListenArgument.port))
  listener.listening = 0
}

function connect(core: Core): void {
  const remoteAddress = argument(core, ConnectArgument.remoteAddress)
  const remotePort = argument(core, ConnectArgument.remotePort)
  const cookie = argument(core, ConnectArgument.cookie)
  const asked = argument(core, ConnectArgument.localPort)
  const localPort = asked !== 0 ? asked : choosePort(core, remoteAddress, remotePort)
  let error: number = UpcallError.none
  if (localPort === 0 || !tupleIsFree(core, remoteAddress, remotePort, localPort))
    error = UpcallError.portInUse
  else if (!allocateConnection(core)) error = UpcallError.tooManyConnections
  if (error !== UpcallError.none) {
    emitUpcall(core, Action.upcall, Upcall.connectFailed, 0, cookie, error, 0)
    return
  }
  core.tcb.cookie = cookie
  beginConnect(core, remoteAddress, remotePort, localPort)
}

/** RFC 6056 algorithm 1: a random dynamic port, then the next that is free; 0 if there is none nearby. */
function choosePort(core: Core, remoteAddress: number, remotePort: number): number {
  // Other bits than those that the initial sequence number takes its low half from.
  const start = (randomBits(core) >>> 16) % ephemeralPortCount
  for (let attempt = 0; attempt < portAttempts; attempt += 1) {
    const port = firstEphemeralPort + ((start + attempt) % ephemeralPortCount)
    if (!isOfThisShard(core, remoteAddress, remotePort, port)) continue
    if (lookupTuple(core, remoteAddress, remotePort, port) === 0 && findListener(core, port) < 0) return port
  }
  return 0
}

/** What arrives for other connections goes to another machine. */
function isOfThisShard(core: Core, remoteAddress: number, remotePort: number, localPort: number): boolean {
  const { shard } = core.config
  return (
    shard === undefined || shardOfTuple(remoteAddress, remotePort, localPort, shard.count) === shard.index
  )
}

function tupleIsFree(core: Core, remoteAddress: number, remotePort: number, localPort: number): boolean {
  const entry = lookupTuple(core, remoteAddress, remotePort, localPort)
  if (entry === 0) return true
  return entry < 0 && reclaimTimeWait(core, -entry - 1)
}

/** Bytes up to the request's position are queued. A request to send that a close has overtaken adds nothing. */
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
  // After the peer's FIN the window is of no use to it.
  if (!hasTakenFin(core) && windowUpdateIsDue(core)) tcb.flags |= TcbFlag.ackNow
}

/** The application read up to `position`; false if that is nothing new, or cannot be. */
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
  const { tcb, neighbor } = core
  selectNeighbor(core, tcb.neighbor - 1)
  const isKnown =
    tcb.neighbor !== 0 && neighbor.address === tcb.nextHop && neighbor.state >= NeighborState.reachable
  if (isKnown && tcb.state > State.synSent) {
    core.etherHigh = neighbor.etherHigh
    core.etherLow = neighbor.etherLow
    resetConnection(core)
  }
  closeConnection(core, UpcallError.reset)
}

/**
 * A connection that is released while open is closed first; nobody reads what still arrives. RFC 1122 section 4.2.2.13
 * and RFC 2525 section 2.17: if there is data that was not read, the peer learns by a reset that it is lost.
 */
function release(core: Core): void {
  const { tcb } = core
  if (tcb.state !== State.closed) {
    // A strategy may apply this before the last request to read.
    consume(core, argument(core, StreamArgument.consumed))
    const end = hasTakenFin(core) ? tcb.rcvFin : tcb.rcvNxt
    if (isBefore(tcb.rcvConsumed, end)) abort(core)
    else close(core)
    schedule(core)
  }
  releaseConnection(core)
  limitFinWait2(core)
}
