/**
 * Requests of the application (RFC 9293 section 3.10.1 … 3.10.5). A request that names a connection that is
 * no more, or a position that cannot be, is ignored: it was overtaken by something the upcalls tell.
 */
import { Action, Upcall, UpcallError } from '../actions.ts'
import { nextHopIsKnown } from '../arp/neighbor-table.ts'
import { isHost } from '../ip/addresses.ts'
import { HashPurpose, keyedHash } from '../keyed-hash.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { selectNextOpen } from '../state/clock.ts'
import { argument, type Core } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { listenerRecord } from '../state/tables.ts'
import { State, TcbFlag } from '../state/tcb.ts'
import { lookupTuple, shardOfTuple } from '../state/tuple-hash.ts'
import { limitFinWait2, requestClose } from './close.ts'
import {
  allocateConnection,
  closeConnection,
  releaseConnection,
  schedule,
  selectById,
} from './connections.ts'
import { beginConnect, findListener } from './open.ts'
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
  if (kind === Request.release) {
    release(core)
    return
  }
  if (tcb.state === State.closed) return
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
    listener.cookie = cookie
  }
  emitUpcall(core, Action.upcall, Upcall.listening, 0, cookie, error, 0)
}

/** Stops listening; connections that are not established yet are dropped. */
function unlisten(core: Core): void {
  const { tcb, listener } = core
  const index = findListener(core, argument(core, ListenArgument.port))
  if (index < 0) return
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if (tcb.listener === index + 1) closeConnection(core, UpcallError.none)
  }
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
  if (!isHost(core.config, remoteAddress) || !isPort(remotePort) || (asked !== 0 && !isPort(asked))) {
    error = UpcallError.unreachable
  } else if (localPort === 0 || !tupleIsFree(core, remoteAddress, remotePort, localPort))
    error = UpcallError.portInUse
  else if (!allocateConnection(core)) error = UpcallError.tooManyConnections
  if (error !== UpcallError.none) {
    emitUpcall(core, Action.upcall, Upcall.connectFailed, 0, cookie, error, 0)
    return
  }
  core.tcb.cookie = cookie
  beginConnect(core, remoteAddress, remotePort, localPort)
}

/**
 * RFC 6056 algorithm 3: from an offset that the secret and the peer decide, the next port of a common counter that is
 * free; 0 if there is none nearby. Whoever sees the ports that he is called from cannot tell those that others are.
 */
function choosePort(core: Core, remoteAddress: number, remotePort: number): number {
  const { globals, config } = core
  const offset = keyedHash(config.secret, remoteAddress, remotePort, config.address, HashPurpose.port) >>> 0
  for (let attempt = 0; attempt < portAttempts; attempt += 1) {
    const port = firstEphemeralPort + ((offset + globals.nextPort) % ephemeralPortCount)
    globals.nextPort = (globals.nextPort + 1) % ephemeralPortCount
    if (!isOfThisShard(core, remoteAddress, remotePort, port)) continue
    if (lookupTuple(core, remoteAddress, remotePort, port) === 0 && findListener(core, port) < 0) return port
  }
  return 0
}

function isPort(port: number): boolean {
  return port > 0 && port <= 0xffff
}

/** What arrives for other connections goes to another machine. */
function isOfThisShard(core: Core, remoteAddress: number, remotePort: number, localPort: number): boolean {
  const { shard } = core.config
  return (
    shard === undefined ||
    shardOfTuple(core.config.secret, remoteAddress, remotePort, localPort, shard.count) === shard.index
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
  const consumed = (tcb.irs + 1 + argument(core, StreamArgument.position)) | 0
  if (!isAfter(consumed, tcb.rcvConsumed) || isBefore(tcb.rcvNxt, consumed)) return
  tcb.rcvConsumed = consumed
  // After the peer's FIN the window is of no use to it.
  if (tcb.rcvNxt !== ((tcb.rcvFin + 1) | 0) || (tcb.flags & TcbFlag.finReceived) === 0) {
    if (windowUpdateIsDue(core)) tcb.flags |= TcbFlag.ackNow
  }
}

function close(core: Core): void {
  queue(core)
  requestClose(core)
}

/** RFC 9293 section 3.10.5 */
function abort(core: Core): void {
  if (core.tcb.state > State.synSent && nextHopIsKnown(core)) resetConnection(core)
  closeConnection(core, UpcallError.reset)
}

/** A connection that is released while open is closed first; nobody reads what still arrives. */
function release(core: Core): void {
  const { tcb } = core
  if (tcb.state !== State.closed) {
    close(core)
    schedule(core)
  }
  releaseConnection(core)
  limitFinWait2(core)
}
