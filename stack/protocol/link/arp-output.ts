/** ARP packets out. */
import { copyAddress } from '../../wire/address.ts'
import { Action, ArpWord } from '../actions.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import { emitAction } from '../state/emit.ts'
import { NeighborState } from '../state/tables.ts'

export const ArpOperation = { request: 1, reply: 2 } as const

export const broadcastEther = { high: 0xffff, low: -1 } as const

/** Sends the request for the selected neighbor if one is due; false if the queue filled first. */
export function flushArpRequest(core: Core): boolean {
  const { globals, neighbor } = core
  if (neighbor.requestPending === 0) return true
  if (core.actions.isFull) return false
  neighbor.requestPending = 0
  globals.arpRequestsOut = (globals.arpRequestsOut + 1) | 0
  // RFC 1122 section 2.3.2.1: poll a known neighbor by unicast.
  if (neighbor.state === NeighborState.probing) {
    emitArp(
      core,
      ArpOperation.request,
      neighbor.etherHigh,
      neighbor.etherLow,
      0,
      0,
      core.state,
      neighbor.address,
    )
  } else {
    const { high, low } = broadcastEther
    emitArp(core, ArpOperation.request, high, low, 0, 0, core.state, neighbor.address)
  }
  return true
}

/** The target's protocol address lies at `targetAt` in `addresses`. */
export function emitArp(
  core: Core,
  operation: number,
  etherHigh: number,
  etherLow: number,
  targetHigh: number,
  targetLow: number,
  addresses: Int32Array,
  targetAt: number,
): void {
  const at = emitAction(core, Action.sendArp)
  const { words } = core.actions
  words[at + ArpWord.etherDestinationHigh] = etherHigh
  words[at + ArpWord.etherDestinationLow] = etherLow
  words[at + ArpWord.operation] = operation
  copyAddress(core.own, OwnAddress.address, words, at + ArpWord.senderAddress)
  words[at + ArpWord.targetHardwareHigh] = targetHigh
  words[at + ArpWord.targetHardwareLow] = targetLow
  copyAddress(addresses, targetAt, words, at + ArpWord.targetAddress)
}
