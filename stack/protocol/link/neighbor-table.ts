/**
 * The table of neighbors itself: finding an entry, and what senders refer to. Asking, learning and giving up are in
 * `neighbors.ts`.
 */
import { isSameAddress } from '../../wire/address.ts'
import { stopWaiting } from '../senders/waiting.ts'
import { type Core, selectSender } from '../state/core.ts'
import { NeighborState, neighborRecord } from '../state/tables.ts'

/** Whether the next hop of `sender` is known now, without asking; its address is then left as by `resolveNextHop`. */
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

/** `sender`, which is selected then, needs its next hop no more, and waits for nobody. */
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
 * Aims at where the SYN of a connection that a peer opened came from: SYN-ACKs go there, so that forged addresses fill no
 * table of neighbors and are not asked for; so does a reset of a connection that has not needed its next hop yet.
 */
export function aimAtOpener(core: Core): void {
  core.etherHigh = core.tcb.openerHigh
  core.etherLow = core.tcb.openerLow
}

/**
 * Aims at `core.nextHop` if it is known, without asking and without referring to it; `hint` is the entry where it was last
 * time, + 1. Returns the entry where it is, + 1; 0 if it is not known.
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
