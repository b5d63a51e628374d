/** An ARP packet that arrived (RFC 826, "Packet Reception"). */
import { ipv4At, isSameAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { type Core, header, OwnAddress } from '../state/core.ts'
import { noteConflict } from './address-defense.ts'
import { ArpOperation, emitArp } from './arp-output.ts'
import { findNeighbor } from './neighbor-table.ts'
import { learnNeighbor } from './neighbors.ts'

export function receiveArp(core: Core): void {
  const { globals, config, words } = core
  const sender = core.head + HeaderWord.ipSource
  const isForUs = isSameAddress(words, core.head + HeaderWord.ipDestination, core.own, OwnAddress.address)
  const isFromUs = isSameAddress(words, sender, core.own, OwnAddress.address)
  const etherHigh = header(core, HeaderWord.etherSourceHigh)
  const etherLow = header(core, HeaderWord.etherSourceLow)
  // A probe (RFC 5227) has no sender address.
  const mayLearn = ipv4At(words, sender) !== 0 && !isFromUs
  // RFC 826: an entry that exists is updated whoever the target is; a new one is made only if we are the target.
  if (mayLearn && (isForUs || findNeighbor(core, words, sender) >= 0)) {
    learnNeighbor(core, words, sender, etherHigh, etherLow)
  }
  // All machines that share the address see the packet; only machine 0 answers.
  if (config.shard !== undefined && config.shard.index !== 0) return
  // Our own broadcast may come back to us, which is no conflict.
  if (isFromUs && (etherHigh !== config.etherHigh || etherLow !== config.etherLow)) noteConflict(core)
  if (!isForUs || isFromUs) return
  if (header(core, HeaderWord.arpOperation) !== ArpOperation.request) return
  globals.arpRepliesOut = (globals.arpRepliesOut + 1) | 0
  emitArp(core, ArpOperation.reply, etherHigh, etherLow, etherHigh, etherLow, words, sender)
}
