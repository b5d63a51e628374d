/**
 * The ARP cache (RFC 826, RFC 1122 section 2.3.2): a table with an entry for the next hop of every connection, and some
 * more. It is searched when a connection first needs its next hop; then the connection refers to its entry.
 *
 *   free → incomplete (asking) → reachable → probing (still used, asking) → reachable
 *              └── no answer ──► unresolved if a connection refers to it, else free ◄──┘
 *
 * Invariant: an entry that a connection refers to keeps its address. So whoever waits for an answer is told of it, or of
 * its absence, whatever strangers ask for meanwhile: they get entries to which nobody refers.
 *
 * Stamps: an entry that is asked for, reachable or probing has a deadline within `reachableMicros`; one that is not used
 * loses it then. No stamp that is compared is older than twice that.
 */
import { copyAddress, isSameAddress } from '../../wire/address.ts'
import { UpcallError } from '../actions.ts'
import { armTimer, isArmed, noteDeadline, selectNextOpen } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { NeighborState } from '../state/tables.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { closeConnection, schedule } from '../tcp/connections.ts'
import { findNeighbor, selectNeighbor } from './neighbor-table.ts'

const retryMicros = 1_000_000
/** More than Linux's three: a lossy link should not make a neighbor unreachable. */
const attemptLimit = 5
/** After this long an entry in use is asked for again, one that is not is forgotten. */
const reachableMicros = 300_000_000
const idleLimitMicros = reachableMicros / 2

/**
 * The hardware address of the connection's next hop, left in core.etherHigh and core.etherLow.
 * False: it is being asked for, and the connection will be scheduled when it is known.
 */
export function resolveNextHop(core: Core): boolean {
  const { tcb, neighbor, now } = core
  if (tcb.neighbor === 0) refer(core)
  else selectNeighbor(core, tcb.neighbor - 1)
  neighbor.usedAt = now
  if (neighbor.state === NeighborState.unresolved) beginAsking(core)
  if (neighbor.state === NeighborState.incomplete) {
    tcb.flags |= TcbFlag.arpWait
    return false
  }
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return true
}

/** The entry for `address`, a new one if there is none, is now reachable at this hardware address. */
export function learnNeighbor(
  core: Core,
  words: Int32Array,
  addressAt: number,
  etherHigh: number,
  etherLow: number,
): void {
  const { neighbor, now } = core
  if (findNeighbor(core, words, addressAt) < 0) takeEntry(core, words, addressAt)
  cancelRequest(core)
  const waited = neighbor.state === NeighborState.incomplete
  neighbor.state = NeighborState.reachable
  neighbor.etherHigh = etherHigh
  neighbor.etherLow = etherLow
  neighbor.attempts = 0
  setDeadline(core, (now + reachableMicros) | 0)
  if (waited) scheduleWaiting(core)
}

/** Asks again, doubts or forgets every entry whose deadline has passed, and notes the deadlines ahead. */
export function fireNeighborTimers(core: Core): void {
  const { neighbor, globals, now } = core
  if (globals.neighborArmed === 0) return
  if (((globals.neighborDeadline - now) | 0) > 0) {
    noteDeadline(core, globals.neighborDeadline)
    return
  }
  globals.neighborArmed = 0
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    if (!hasDeadline(core)) continue
    if (((neighbor.deadline - now) | 0) <= 0) expire(core)
    // What expiry did may have selected another.
    selectNeighbor(core, index)
    if (hasDeadline(core)) setDeadline(core, neighbor.deadline)
  }
}

function hasDeadline(core: Core): boolean {
  const { state } = core.neighbor
  return state !== NeighborState.free && state !== NeighborState.unresolved
}

function setDeadline(core: Core, deadline: number): void {
  const { neighbor, globals } = core
  neighbor.deadline = deadline
  if (globals.neighborArmed === 0 || ((deadline - globals.neighborDeadline) | 0) < 0) {
    globals.neighborArmed = 1
    globals.neighborDeadline = deadline
  }
  noteDeadline(core, globals.neighborDeadline)
}

function expire(core: Core): void {
  const { neighbor, now } = core
  if (neighbor.state === NeighborState.reachable) {
    const idleMicros = (now - neighbor.usedAt) | 0
    if (idleMicros > idleLimitMicros || idleMicros < 0) {
      forget(core)
      return
    }
    neighbor.state = NeighborState.probing
    neighbor.attempts = 0
  }
  if (neighbor.attempts < attemptLimit) {
    ask(core)
    return
  }
  cancelRequest(core)
  forget(core)
  failWaiting(core)
}

/** Nothing is known of the selected neighbor any more. */
function forget(core: Core): void {
  const { neighbor } = core
  neighbor.state = neighbor.references > 0 ? NeighborState.unresolved : NeighborState.free
}

function scheduleWaiting(core: Core): void {
  const { tcb } = core
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if ((tcb.flags & TcbFlag.arpWait) === 0 || !isNextHop(core)) continue
    tcb.flags &= ~TcbFlag.arpWait
    schedule(core)
  }
}

/**
 * No answer. Who was only trying to connect fails; others go on trying under a timer: that of retransmission if
 * something is in flight, else that of persistence if something waits to be sent. A connection that has nothing to send
 * needs no neighbor, and is left alone; an ACK or a probe that was due is lost, as if on the wire.
 */
function failWaiting(core: Core): void {
  const { tcb, now } = core
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if ((tcb.flags & TcbFlag.arpWait) === 0 || !isNextHop(core)) continue
    tcb.flags &= ~(TcbFlag.arpWait | TcbFlag.ackNow | TcbFlag.probePending | TcbFlag.windowProbePending)
    tcb.rcvAcked = tcb.rcvNxt
    tcb.softError = UpcallError.unreachable
    if (tcb.state === State.synSent) {
      closeConnection(core, UpcallError.unreachable)
      continue
    }
    const timer = tcb.ringHead !== tcb.ringTail ? Timer.retransmission : Timer.persist
    const isWanted = timer === Timer.retransmission || hasUnsent(core)
    if (isWanted && !isArmed(core, timer)) armTimer(core, timer, (now + tcb.rto) | 0)
  }
}

/** Whether the connection at hand goes by the selected neighbor. */
function isNextHop({ state, tcb, neighbor }: Core): boolean {
  return isSameAddress(state, tcb.nextHop, state, neighbor.address)
}

/** Data or a FIN. */
function hasUnsent(core: Core): boolean {
  const { tcb } = core
  const unsent = (tcb.sndQueued - tcb.sndNxt) | 0
  return unsent > 0 || (unsent === 0 && (tcb.flags & TcbFlag.closeRequested) !== 0)
}

/** Selects the entry of the next hop, to which the connection at hand refers from now on. */
function refer(core: Core): void {
  const { tcb, neighbor, state } = core
  let index = findNeighbor(core, state, tcb.nextHop)
  if (index < 0) {
    index = takeEntry(core, state, tcb.nextHop)
    beginAsking(core)
  }
  neighbor.references += 1
  tcb.neighbor = index + 1
}

/** Selects an entry for `address`, incomplete: a free one, else of those that nobody refers to the one unused for longest. */
function takeEntry(core: Core, words: Int32Array, addressAt: number): number {
  const { neighbor, globals, now, neighborLimit } = core
  let oldest = -1
  let longest = -1
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state === NeighborState.free) {
      oldest = index
      break
    }
    const unused = (now - neighbor.usedAt) >>> 0
    if (neighbor.references > 0 || unused <= longest) continue
    longest = unused
    oldest = index
  }
  selectNeighbor(core, Math.max(oldest, 0))
  const isFree = oldest >= 0 && neighbor.state === NeighborState.free
  if (!isFree && globals.neighborsHigh < neighborLimit) {
    oldest = globals.neighborsHigh
    globals.neighborsHigh += 1
  }
  selectNeighbor(core, oldest)
  cancelRequest(core)
  neighbor.state = NeighborState.incomplete
  copyAddress(words, addressAt, core.state, neighbor.address)
  neighbor.attempts = 0
  neighbor.references = 0
  neighbor.usedAt = now
  return oldest
}

function beginAsking(core: Core): void {
  const { neighbor } = core
  neighbor.state = NeighborState.incomplete
  neighbor.attempts = 0
  ask(core)
}

function ask(core: Core): void {
  const { neighbor, globals, now } = core
  neighbor.attempts += 1
  setDeadline(core, (now + retryMicros) | 0)
  if (neighbor.requestPending !== 0) return
  neighbor.requestPending = 1
  globals.arpPendingCount += 1
}

function cancelRequest(core: Core): void {
  const { neighbor, globals } = core
  if (neighbor.requestPending === 0) return
  neighbor.requestPending = 0
  globals.arpPendingCount -= 1
}
