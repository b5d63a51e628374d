/** Outgoing ICMP messages. Each answers the frame at hand, and goes back to the station that sent that frame. */

import { copyAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { IcmpWord } from '../actions.ts'
import { type Core, header, OwnAddress } from '../state/core.ts'
import { emitAction } from '../state/emit.ts'

/** Emits an action that sends an ICMP message; returns the word offset of its record. */
export function emitIcmp(
  core: Core,
  action: number,
  type: number,
  code: number,
  identifier: number,
  sequence: number,
): number {
  const at = emitAction(core, action)
  const { words } = core.actions
  words[at + IcmpWord.etherDestinationHigh] = header(core, HeaderWord.etherSourceHigh)
  words[at + IcmpWord.etherDestinationLow] = header(core, HeaderWord.etherSourceLow)
  copyAddress(core.own, OwnAddress.address, words, at + IcmpWord.ipSource)
  copyAddress(core.words, core.head + HeaderWord.ipSource, words, at + IcmpWord.ipDestination)
  words[at + IcmpWord.type] = type
  words[at + IcmpWord.code] = code
  words[at + IcmpWord.identifier] = identifier
  words[at + IcmpWord.sequence] = sequence
  words[at + IcmpWord.nextHopMtu] = 0
  return at
}
