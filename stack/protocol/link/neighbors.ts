/**
 * The ARP cache (RFC 826, RFC 1122 section 2.3.2): a table with an entry for the next hop of every sender, and some
 * more. It is searched when a sender first needs its next hop; then the sender refers to its entry.
 *
 *   free → incomplete (asking) → reachable → probing (still used, asking) → reachable
 *              └── no answer ──► unresolved if a sender refers to it, else free ◄──┘
 *
 * Invariant: an entry that a sender refers to keeps its address. So whoever waits for an answer is told of it, or of
 * its absence, whatever strangers ask for meanwhile: they get entries to which nobody refers.
 *
 * Stamps: an entry that is asked for, reachable or probing has a deadline within `reachableMicros`; one that is not used
 * loses it then. No stamp that is compared is older than twice that.
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
/** After this long an entry in use is asked for again, one that is not is forgotten. */
const reachableMicros = 300_000_000
const idleLimitMicros = reachableMicros / 2

/**
 * The hardware address of the next hop of `sender`, whose IP address lies at `addressAt` in `words`: it is left in
 * core.etherHigh and core.etherLow.
 * False: it is being asked for, and the sender will be told when it is known, or that it is unreachable.
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
  neighbor.state = NeighborState.reachable
  neighbor.etherHigh = etherHigh
  neighbor.etherLow = etherLow
  neighbor.attempts = 0
  setDeadline(core, (now + reachableMicros) | 0)
  tellResolved(core)
}

/** The deadline of the selected entry has come: asks again, doubts or forgets it. */
export function fireNeighborTimer(core: Core): void {
  const { neighbor, now } = core
  const { at: entry } = neighbor
  if (((neighbor.deadline - now) | 0) <= 0) expire(core)
  // What expiry did may have selected another.
  neighbor.at = entry
  if (hasDeadline(core)) armSender(core, selectedSender(core), neighbor.deadline)
}

/** Nothing here outlives its deadline by much, so there is nothing to age but after a gap: then all have expired. */
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

/** Whether `sender` refers to the entry for `address`; selects both. */
function refersTo(core: Core, sender: number, words: Int32Array, addressAt: number): boolean {
  const { sender: record, neighbor } = core
  selectSender(core, sender)
  if (record.neighbor === 0) return false
  selectNeighbor(core, record.neighbor - 1)
  return isSameAddress(core.state, neighbor.address, words, addressAt)
}

/** Selects the entry for `address`, to which `sender` refers from now on. */
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
  const { neighbor, now } = core
  neighbor.attempts += 1
  setDeadline(core, (now + retryMicros) | 0)
  neighbor.requestPending = 1
  scheduleSender(core, selectedSender(core))
}

function cancelRequest(core: Core): void {
  core.neighbor.requestPending = 0
}
