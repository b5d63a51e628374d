/**
 * Defends this host's IP address (RFC 5227 section 2.4). If another host claims the address, an ARP announcement to
 * all hosts corrects the peers that believed the claim. The address is configured, so case (c) of the section
 * applies: this host never gives it up. It announces once in ten seconds at most, so that two hosts that both defend
 * the address do not fill the link.
 */
import { inert, type SenderKind } from '../senders/kind.ts'
import { scheduleSender } from '../senders/pending.ts'
import { type Core, OwnAddress } from '../state/core.ts'
import { ArpOperation, broadcastEther, emitArp } from './arp-output.ts'

/** DEFEND_INTERVAL (section 1.1). */
const defendIntervalMillis = 10_000

/** An ARP packet came that has our IP address as its sender, but another hardware address. */
export function noteConflict(core: Core): void {
  const { globals, layout } = core
  globals.addressConflicts = (globals.addressConflicts + 1) | 0
  const isFirst = globals.addressDefenses === 0
  // Unsigned: a defense of weeks ago has not just been made.
  if (!isFirst && (globals.millis - globals.defendedAt) >>> 0 < defendIntervalMillis) return
  globals.addressDefenses = (globals.addressDefenses + 1) | 0
  globals.defendedAt = globals.millis
  scheduleSender(core, layout.firstSender.addressDefense)
}

/** The sender of announcements. It is scheduled only to announce, so it keeps no state. */
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
