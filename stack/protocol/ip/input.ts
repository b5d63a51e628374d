/** Passes the frame at hand to the protocol of its format, if its check accepted it and it is for this host. */

import { SlotWord } from '../../dominoes/contract/slot.ts'
import { isSameAddress } from '../../wire/address.ts'
import { etherBroadcastHigh, etherBroadcastLow } from '../../wire/ethernet.ts'
import { Format, HeaderWord, Verdict } from '../../wire/header.ts'
import { receiveMessage } from '../ctp/input.ts'
import { receiveEcho } from '../icmp/echo.ts'
import { receiveIcmpError } from '../icmp/errors.ts'
import { receiveArp } from '../link/arp-input.ts'
import { type Core, header, OwnAddress } from '../state/core.ts'
import { receiveSegment } from '../tcp/input.ts'
import { receiveDatagram } from '../udp/input.ts'
import { isHost } from './addresses.ts'

export function receiveFrame(core: Core): void {
  const { globals } = core
  if ((core.words[core.slot + SlotWord.verdict] as number) !== Verdict.accepted) {
    globals.badVerdicts = (globals.badVerdicts + 1) | 0
    return
  }
  core.head = core.slot + SlotWord.head
  const format = header(core, HeaderWord.format)
  if (!isForThisHost(core, format) || (format !== Format.arp && !isAnswerable(core))) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  if (format === Format.arp) receiveArp(core)
  else if (format === Format.tcp) receiveSegment(core)
  else if (format === Format.icmpEcho) receiveEcho(core)
  else if (format === Format.icmpError) receiveIcmpError(core)
  else if (format === Format.udp) receiveDatagram(core)
  else if (format === Format.ctp) receiveMessage(core)
  else globals.notOurs = (globals.notOurs + 1) | 0
}

/**
 * Whether the frame is addressed to this station; hubs and bridges also deliver frames for others. Broadcasts are
 * taken for ARP only.
 */
function isForThisHost(core: Core, format: number): boolean {
  const { config } = core
  const high = header(core, HeaderWord.etherDestinationHigh)
  const low = header(core, HeaderWord.etherDestinationLow)
  if (high === config.etherHigh && low === config.etherLow) return true
  return format === Format.arp && high === etherBroadcastHigh && low === etherBroadcastLow
}

/**
 * Whether the packet goes to our address and comes from the address of one host: RFC 9293 section 3.10.7 and RFC 1122
 * section 3.2.2 forbid answers to all others.
 */
function isAnswerable(core: Core): boolean {
  const { words, head } = core
  return (
    isSameAddress(words, head + HeaderWord.ipDestination, core.own, OwnAddress.address) &&
    isHost(core, words, head + HeaderWord.ipSource)
  )
}
