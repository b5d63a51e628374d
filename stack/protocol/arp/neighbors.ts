/**
 * The ARP cache (RFC 826, RFC 1122 section 2.3.2): a fixed table, searched linearly, since it is consulted
 * only when a connection's own pointer into it is stale.
 *
 *   free → incomplete (asking) → reachable → probing (still used, asking) → reachable | free
 */
import { UpcallError } from '../actions.ts'
import { armTimer, isArmed, noteDeadline, selectNextOpen } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { NeighborState, neighborCount, neighborRecord } from '../state/tables.ts'
import { State, TcbFlag, Timer } from '../state/tcb.ts'
import { closeConnection, schedule } from '../tcp/connections.ts'

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
  selectNeighbor(core, tcb.neighbor - 1)
  if (tcb.neighbor === 0 || neighbor.address !== tcb.nextHop || neighbor.state === NeighborState.free) {
    tcb.neighbor = findOrAsk(core, tcb.nextHop) + 1
  }
  neighbor.usedAt = now
  if (neighbor.state === NeighborState.incomplete) {
    tcb.flags |= TcbFlag.arpWait
    return false
  }
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return true
}

/** Index of the entry for `address`, or -1. Selects it. */
export function findNeighbor(core: Core, address: number): number {
  const { neighbor } = core
  for (let index = 0; index < neighborCount; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state !== NeighborState.free && neighbor.address === address) return index
  }
  return -1
}

/** The selected entry, or a new one for `address`, is now reachable at this hardware address. */
export function learnNeighbor(core: Core, address: number, etherHigh: number, etherLow: number): void {
  const { neighbor, tcb, now } = core
  const index = findNeighbor(core, address)
  if (index < 0) takeEntry(core, address)
  cancelRequest(core)
  const waited = neighbor.state === NeighborState.incomplete
  neighbor.state = NeighborState.reachable
  neighbor.etherHigh = etherHigh
  neighbor.etherLow = etherLow
  neighbor.attempts = 0
  neighbor.deadline = (now + reachableMicros) | 0
  noteDeadline(core, neighbor.deadline)
  if (!waited) return
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if ((tcb.flags & TcbFlag.arpWait) === 0 || tcb.nextHop !== address) continue
    tcb.flags &= ~TcbFlag.arpWait
    schedule(core)
  }
}

/** Asks again, doubts or forgets every entry whose deadline has passed, and notes the deadlines ahead. */
export function fireNeighborTimers(core: Core): void {
  const { neighbor, now } = core
  for (let index = 0; index < neighborCount; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state === NeighborState.free) continue
    if (((neighbor.deadline - now) | 0) <= 0) expire(core)
    if (neighbor.state !== NeighborState.free) noteDeadline(core, neighbor.deadline)
  }
}

export function selectNeighbor(core: Core, index: number): void {
  core.neighbor.at = core.layout.neighbors + Math.max(index, 0) * neighborRecord.words
}

function expire(core: Core): void {
  const { neighbor, now } = core
  if (neighbor.state === NeighborState.reachable) {
    const idleMicros = (now - neighbor.usedAt) | 0
    if (idleMicros > idleLimitMicros || idleMicros < 0) {
      neighbor.state = NeighborState.free
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
  neighbor.state = NeighborState.free
  failWaiting(core, neighbor.address)
}

/** No answer: who was only trying to connect fails, others go on trying under their retransmission timer. */
function failWaiting(core: Core, address: number): void {
  const { tcb, now } = core
  for (let at = selectNextOpen(core, 0); at >= 0; at = selectNextOpen(core, at + 1)) {
    if ((tcb.flags & TcbFlag.arpWait) === 0 || tcb.nextHop !== address) continue
    tcb.flags &= ~TcbFlag.arpWait
    tcb.softError = UpcallError.unreachable
    if (tcb.state === State.synSent) closeConnection(core, UpcallError.unreachable)
    else if (!isArmed(core, Timer.retransmission)) armTimer(core, Timer.retransmission, (now + tcb.rto) | 0)
  }
}

function findOrAsk(core: Core, address: number): number {
  const found = findNeighbor(core, address)
  if (found >= 0) return found
  const index = takeEntry(core, address)
  ask(core)
  return index
}

/** Selects an entry for `address`, incomplete: a free one, else the one unused for longest. */
function takeEntry(core: Core, address: number): number {
  const { neighbor, now } = core
  let oldest = 0
  let longest = -1
  for (let index = 0; index < neighborCount; index += 1) {
    selectNeighbor(core, index)
    const unused = neighbor.state === NeighborState.free ? 0x7fffffff : ((now - neighbor.usedAt) | 0) >>> 1
    if (unused <= longest) continue
    longest = unused
    oldest = index
    if (neighbor.state === NeighborState.free) break
  }
  selectNeighbor(core, oldest)
  cancelRequest(core)
  neighbor.state = NeighborState.incomplete
  neighbor.address = address
  neighbor.attempts = 0
  neighbor.usedAt = now
  return oldest
}

function ask(core: Core): void {
  const { neighbor, globals, now } = core
  neighbor.attempts += 1
  neighbor.deadline = (now + retryMicros) | 0
  noteDeadline(core, neighbor.deadline)
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
