/** An ARP packet that arrived (RFC 826, "Packet Reception"). */
import { HeaderWord } from '../../wire/header.ts'
import { type Core, header } from '../state/core.ts'
import { ArpOperation, emitArp } from './arp-output.ts'
import { findNeighbor } from './neighbor-table.ts'
import { learnNeighbor } from './neighbors.ts'

export function receiveArp(core: Core): void {
  const { globals, config } = core
  const sender = header(core, HeaderWord.ipSource)
  const target = header(core, HeaderWord.ipDestination)
  const etherHigh = header(core, HeaderWord.etherSourceHigh)
  const etherLow = header(core, HeaderWord.etherSourceLow)
  // A probe (RFC 5227) has no sender; a packet in our own name is somebody else's mistake.
  const mayLearn = sender !== 0 && sender !== config.address
  // RFC 826: a pair already in the table is updated whoever is the target; a new one is learned only if we are.
  if (mayLearn && (target === config.address || findNeighbor(core, sender) >= 0)) {
    learnNeighbor(core, sender, etherHigh, etherLow)
  }
  if (target !== config.address || sender === config.address) return
  if (header(core, HeaderWord.arpOperation) !== ArpOperation.request) return
  // All machines that share the address see the request; one answers.
  if (config.shard !== undefined && config.shard.index !== 0) return
  globals.arpRepliesOut = (globals.arpRepliesOut + 1) | 0
  emitArp(core, ArpOperation.reply, etherHigh, etherLow, etherHigh, etherLow, sender)
}
