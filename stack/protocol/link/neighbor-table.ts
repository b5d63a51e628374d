/**
 * The table of neighbors itself: finding an entry, and what connections refer to. Asking, learning and giving up are in
 * `neighbors.ts`.
 */
import { isSameAddress } from '../../wire/address.ts'
import type { Core } from '../state/core.ts'
import { NeighborState, neighborRecord } from '../state/tables.ts'

/** Whether the connection's next hop is known now, without asking; its address is then left as by `resolveNextHop`. */
export function nextHopIsKnown(core: Core): boolean {
  const { tcb, neighbor } = core
  if (tcb.neighbor === 0) return false
  selectNeighbor(core, tcb.neighbor - 1)
  if (neighbor.state !== NeighborState.reachable && neighbor.state !== NeighborState.probing) return false
  core.etherHigh = neighbor.etherHigh
  core.etherLow = neighbor.etherLow
  return true
}

/** The connection at hand needs its next hop no more. */
export function releaseNextHop(core: Core): void {
  const { tcb, neighbor } = core
  if (tcb.neighbor === 0) return
  selectNeighbor(core, tcb.neighbor - 1)
  tcb.neighbor = 0
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

/**
 * Aims at where the SYN of a connection that a peer opened came from: SYN-ACKs go there, so that forged addresses fill no
 * table of neighbors and are not asked for; so does a reset of a connection that has not needed its next hop yet.
 */
export function aimAtOpener(core: Core): void {
  core.etherHigh = core.tcb.openerHigh
  core.etherLow = core.tcb.openerLow
}
