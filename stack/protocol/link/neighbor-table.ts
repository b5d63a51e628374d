/**
 * The table of neighbors itself: finding an entry, and what senders refer to. Asking, learning and giving up are in
 * `neighbors.ts`.
 */
import { isSameAddress } from '../../wire/address.ts'
import { stopWaiting } from '../senders/waiting.ts'
import { type Core, selectSender } from '../state/core.ts'
import { NeighborState, neighborRecord } from '../state/tables.ts'

/**
 * Whether the hardware address of `sender`'s next hop is known; sends no ARP request. If it is known, it is left in
 * core.etherHigh and core.etherLow.
 */
export function nextHopIsKnown(core: Core, sender: number): boolean {
  const { sender: record, neighbor } = core
  selectSender(core, sender)
  if (record.neighbor === 0) return false
  selectNeighbor(core, record.neighbor - 1)
  if (neighbor.state !== NeighborState.reachable && neighbor.state !== NeighborState.probing) return false
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return true
}

/** `sender` no longer needs its next hop: it leaves the wait list and drops its reference. Selects `sender`. */
export function releaseNextHop(core: Core, sender: number): void {
  const { sender: record, neighbor } = core
  selectSender(core, sender)
  if (record.neighbor === 0) return
  selectNeighbor(core, record.neighbor - 1)
  stopWaiting(core)
  record.neighbor = 0
  neighbor.references -= 1
  if (neighbor.references === 0 && neighbor.state === NeighborState.unresolved) {
    neighbor.state = NeighborState.free
  }
}

/** Index of the entry for the address at `addressAt` in `words`, or -1. Selects it. */
export function findNeighbor(core: Core, words: Int32Array, addressAt: number): number {
  const { neighbor, globals, state } = core
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state === NeighborState.free) continue
    if (isSameAddress(state, neighbor.address, words, addressAt)) return index
  }
  return -1
}

export function selectNeighbor(core: Core, index: number): void {
  core.neighbor.at = core.layout.neighbors + index * neighborRecord.words
}

/** The selected neighbor's number as a sender. */
export function selectedSender(core: Core): number {
  const { neighbor, layout } = core
  return layout.firstSender.neighbor + (neighbor.at - layout.neighbors) / neighborRecord.words
}

/**
 * Aims at the hardware address that the SYN came from; the peer has opened this connection. SYN-ACKs go there, so
 * that SYNs from forged addresses cause neither neighbor entries nor ARP requests. A reset goes there if the
 * connection has not needed its next hop yet.
 */
export function aimAtOpener(core: Core): void {
  core.etherHigh = core.tcb.openerHigh
  core.etherLow = core.tcb.openerLow
}

/**
 * Aims at `core.nextHop` if its hardware address is known. Sends no ARP request and takes no reference. `hint` is the
 * entry that held it last time, index + 1. Returns the entry that holds it, index + 1; 0 if the hardware address is
 * not known.
 */
export function aimAtKnown(core: Core, hint: number): number {
  const { neighbor, state, nextHop, now } = core
  let entry = hint
  if (entry > 0) selectNeighbor(core, entry - 1)
  const isThere =
    entry > 0 && neighbor.state !== NeighborState.free && isSameAddress(state, neighbor.address, nextHop, 0)
  if (!isThere) entry = findNeighbor(core, nextHop, 0) + 1
  if (entry === 0) return 0
  if (neighbor.state !== NeighborState.reachable && neighbor.state !== NeighborState.probing) return 0
  neighbor.usedAt = now
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return entry
}
