/**
 * The ARP cache (RFC 826, RFC 1122 section 2.3.2): a table with room for the next hop of every sender, and spare
 * entries. It is searched when a sender first needs its next hop; from then on the sender refers to the entry.
 *
 *   free → incomplete (asking) → reachable → probing (still used, asking) → reachable
 *              └── no answer ──► unresolved if a sender refers to it, else free ◄──┘
 *
 * Invariant: an entry that a sender refers to keeps its IP address. So a sender that waits is always told whether an
 * ARP answer came. Strangers who ask for our address only get entries without references.
 *
 * Stamps: an incomplete, reachable or probing entry has a deadline within `reachableMicros`. At its deadline an entry
 * that was not used is forgotten, and has no deadline any more. So no stamp that is compared is older than twice
 * `reachableMicros`.
 */
import { copyAddress, isSameAddress } from '../../wire/address.ts'
import { maximumGapMicros } from '../config.ts'
import { scheduleSender } from '../senders/pending.ts'
import { armSender } from '../senders/timers.ts'
import { startWaiting, tellResolved, tellUnreachable } from '../senders/waiting.ts'
import { type Core, selectSender } from '../state/core.ts'
import { NeighborState } from '../state/tables.ts'
import { findNeighbor, releaseNextHop, selectedSender, selectNeighbor } from './neighbor-table.ts'

const retryMicros = 1_000_000
/** More than Linux's three: a lossy link should not make a neighbor unreachable. */
const attemptLimit = 5
/** After this time an entry in use is asked for again, and an unused entry is forgotten. */
const reachableMicros = 300_000_000
const idleLimitMicros = reachableMicros / 2

/**
 * Leaves the hardware address of `sender`'s next hop in core.etherHigh and core.etherLow. The next hop's IP address
 * lies at `addressAt` in `words`. False: the address is being asked for, and the sender's kind will be told the
 * result (`resolved` or `unreachable`).
 */
export function resolveNextHop(core: Core, sender: number, words: Int32Array, addressAt: number): boolean {
  const { neighbor, now } = core
  if (!refersTo(core, sender, words, addressAt)) refer(core, sender, words, addressAt)
  neighbor.usedAt = now
  if (neighbor.state === NeighborState.unresolved) beginAsking(core)
  if (neighbor.state === NeighborState.incomplete) {
    startWaiting(core, sender)
    return false
  }
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return true
}

/**
 * The entry for the address at `addressAt` in `words` is now reachable at this hardware address. Takes a new entry if
 * there is none.
 */
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
  neighbor.state = NeighborState.reachable
  neighbor.etherHigh = etherHigh
  neighbor.etherLow = etherLow
  neighbor.attempts = 0
  setDeadline(core, (now + reachableMicros) | 0)
  tellResolved(core)
}

/** The deadline of the selected entry has come: asks for the neighbor again, or forgets it. */
export function fireNeighborTimer(core: Core): void {
  const { neighbor, now } = core
  const { at: entry } = neighbor
  if (((neighbor.deadline - now) | 0) <= 0) expire(core)
  // `expire` may have selected another entry.
  neighbor.at = entry
  if (hasDeadline(core)) armSender(core, selectedSender(core), neighbor.deadline)
}

/**
 * No stamp here gets much older than the deadline of its entry, so only a gap between requests needs ageing: then
 * every deadline has passed.
 */
export function ageNeighbors(core: Core, isAfterGap: boolean): boolean {
  const { globals, neighbor, now } = core
  if (!isAfterGap) return false
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    neighbor.deadline = now
    neighbor.usedAt = (now - maximumGapMicros) | 0
  }
  return false
}

function hasDeadline(core: Core): boolean {
  const { state } = core.neighbor
  return state !== NeighborState.free && state !== NeighborState.unresolved
}

function setDeadline(core: Core, deadline: number): void {
  core.neighbor.deadline = deadline
  armSender(core, selectedSender(core), deadline)
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
  tellUnreachable(core)
}

/** Nothing is known of the selected neighbor any more. */
function forget(core: Core): void {
  const { neighbor } = core
  neighbor.state = neighbor.references > 0 ? NeighborState.unresolved : NeighborState.free
}

/** Whether `sender` refers to the entry for the address at `addressAt` in `words`; selects both. */
function refersTo(core: Core, sender: number, words: Int32Array, addressAt: number): boolean {
  const { sender: record, neighbor } = core
  selectSender(core, sender)
  if (record.neighbor === 0) return false
  selectNeighbor(core, record.neighbor - 1)
  return isSameAddress(core.state, neighbor.address, words, addressAt)
}

/** Selects the entry for the address at `addressAt` in `words`, and makes `sender` refer to it. */
function refer(core: Core, sender: number, words: Int32Array, addressAt: number): void {
  const { sender: record, neighbor } = core
  releaseNextHop(core, sender)
  let index = findNeighbor(core, words, addressAt)
  if (index < 0) {
    index = takeEntry(core, words, addressAt)
    beginAsking(core)
  }
  neighbor.references += 1
  record.neighbor = index + 1
}

/**
 * Selects an entry for the address and makes it incomplete. Takes a free entry, else the one that is unused for
 * longest of those without references.
 */
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
  const { neighbor, now } = core
  neighbor.attempts += 1
  setDeadline(core, (now + retryMicros) | 0)
  neighbor.requestPending = 1
  scheduleSender(core, selectedSender(core))
}

function cancelRequest(core: Core): void {
  core.neighbor.requestPending = 0
}
