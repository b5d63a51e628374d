/**
 * This host's address in another host's mouth (RFC 5227 section 2.4): who claims it is answered by an announcement to all,
 * so that peers who believed the claim come back. As (c) has it for a host whose address is given, it never yields, and
 * announces once in ten seconds at most, so that two hosts that both defend do not fill the link.
 */
import { inert, type SenderKind } from '../senders/kind.ts'
import { scheduleSender } from '../senders/pending.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import { ArpOperation, broadcastEther, emitArp } from './arp-output.ts'

/** DEFEND_INTERVAL (section 1.1). */
const defendIntervalMillis = 10_000

/** Somebody sends ARP packets in our name from another hardware address. */
export function noteConflict(core: Core): void {
  const { globals, layout } = core
  globals.addressConflicts = (globals.addressConflicts + 1) | 0
  const isFirst = globals.addressDefenses === 0
  if (!isFirst && ((globals.millis - globals.defendedAt) | 0) < defendIntervalMillis) return
  globals.addressDefenses = (globals.addressDefenses + 1) | 0
  globals.defendedAt = globals.millis
  scheduleSender(core, layout.firstSender.addressDefense)
}

/** It is scheduled only to announce, so it needs to remember nothing. */
export const addressDefense: SenderKind<Core> = {
  ...inert,

  flush(core) {
    if (core.actions.isFull) return false
    emitArp(
      core,
      ArpOperation.request,
      broadcastEther.high,
      broadcastEther.low,
      0,
      0,
      core.own,
      OwnAddress.address,
    )
    return true
  },
}
