/** A frame that passed its check: to whoever takes its format. */
import { SlotWord } from '../../dominoes/slot.ts'
import { Format, HeaderWord, Verdict } from '../../wire/header.ts'
import { receiveArp } from '../arp/input.ts'
import { receiveEcho } from '../icmp/echo.ts'
import { receiveIcmpError } from '../icmp/errors.ts'
import { type Core, header } from '../state/core.ts'
import { receiveSegment } from '../tcp/input.ts'
import { receiveDatagram } from '../udp/input.ts'

export function receiveFrame(core: Core): void {
  const { globals, config } = core
  if ((core.words[core.slot + SlotWord.verdict] as number) !== Verdict.accepted) {
    globals.badVerdicts = (globals.badVerdicts + 1) | 0
    return
  }
  core.head = core.slot + SlotWord.head
  const format = header(core, HeaderWord.format)
  if (format === Format.arp) {
    receiveArp(core)
    return
  }
  // Broadcast and multicast are nobody's here; RFC 9293 section 3.10.7 and RFC 1122 section 3.2.2 forbid
  // answering them.
  if (
    header(core, HeaderWord.ipDestination) !== config.address ||
    !isHost(header(core, HeaderWord.ipSource))
  ) {
    globals.notOurs = (globals.notOurs + 1) | 0
    return
  }
  if (format === Format.tcp) receiveSegment(core)
  else if (format === Format.icmpEcho) receiveEcho(core)
  else if (format === Format.icmpError) receiveIcmpError(core)
  else if (format === Format.udp) receiveDatagram(core)
  else globals.notOurs = (globals.notOurs + 1) | 0
}

/** Neither 0.0.0.0, nor multicast, nor broadcast: an address that may be answered. */
function isHost(address: number): boolean {
  return address !== 0 && address >>> 28 < 14
}
