/**
 * The table of neighbors itself: finding an entry, and what senders refer to. Asking, learning and giving up are in
 * `neighbors.ts`.
 */
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

/** Index of the entry for `address`, or -1. Selects it. */
export function findNeighbor(core: Core, address: number): number {
  const { neighbor, globals } = core
  for (let index = 0; index < globals.neighborsHigh; index += 1) {
    selectNeighbor(core, index)
    if (neighbor.state !== NeighborState.free && neighbor.address === address) return index
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
