/** ARP packets out. */
import { Action, ArpWord } from '../actions.ts'
import type { Core } from '../state/core.ts'
import { emitAction } from '../state/emit.ts'
import { NeighborState } from '../state/tables.ts'

export const ArpOperation = { request: 1, reply: 2 } as const

const broadcastHigh = 0xffff
const broadcastLow = -1

/** Sends the request for the selected neighbor if one is due; false if the queue filled first. */
export function flushArpRequest(core: Core): boolean {
  const { globals, neighbor } = core
  if (neighbor.requestPending === 0) return true
  if (core.actions.isFull) return false
  neighbor.requestPending = 0
  globals.arpRequestsOut = (globals.arpRequestsOut + 1) | 0
  // RFC 1122 section 2.3.2.1: poll a known neighbor by unicast.
  if (neighbor.state === NeighborState.probing) {
    emitArp(core, ArpOperation.request, neighbor.etherHigh, neighbor.etherLow, 0, 0, neighbor.address)
  } else {
    emitArp(core, ArpOperation.request, broadcastHigh, broadcastLow, 0, 0, neighbor.address)
  }
  return true
}

export function emitArp(
  core: Core,
  operation: number,
  etherHigh: number,
  etherLow: number,
  targetHigh: number,
  targetLow: number,
  targetAddress: number,
): void {
  const at = emitAction(core, Action.sendArp)
  const { words } = core.actions
  words[at + ArpWord.etherDestinationHigh] = etherHigh
  words[at + ArpWord.etherDestinationLow] = etherLow
  words[at + ArpWord.operation] = operation
  words[at + ArpWord.senderAddress] = core.config.address
  words[at + ArpWord.targetHardwareHigh] = targetHigh
  words[at + ArpWord.targetHardwareLow] = targetLow
  words[at + ArpWord.targetAddress] = targetAddress
}
