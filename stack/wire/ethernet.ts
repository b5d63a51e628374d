/** The Ethernet II header: destination, source, type. Any thread. */
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { HeaderWord, Verdict } from './header.ts'

export const ethernetHeaderBytes = 14

export const EtherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

/** First two bytes and last four of the broadcast address. */
export const etherBroadcastHigh = 0xffff
export const etherBroadcastLow = -1

export const EthernetOffset = { destination: 0, source: 6, type: 12 } as const

export function etherTypeOf(bytes: Uint8Array, frameAt: number): number {
  return readUint16(bytes, frameAt + EthernetOffset.type)
}

/** Checks the length and the source, which cannot be a group address (IEEE 802.3 section 3.2.3). */
export function decodeEthernet(
  bytes: Uint8Array,
  frameAt: number,
  frameLength: number,
  words: Int32Array,
  headAt: number,
): number {
  if (frameLength < ethernetHeaderBytes) return Verdict.malformed
  const source = frameAt + EthernetOffset.source
  if (((bytes[source] as number) & 1) !== 0) return Verdict.malformed
  words[headAt + HeaderWord.etherDestinationHigh] = readUint16(bytes, frameAt + EthernetOffset.destination)
  words[headAt + HeaderWord.etherDestinationLow] = readInt32(bytes, frameAt + EthernetOffset.destination + 2)
  words[headAt + HeaderWord.etherSourceHigh] = readUint16(bytes, source)
  words[headAt + HeaderWord.etherSourceLow] = readInt32(bytes, source + 2)
  return Verdict.accepted
}

/** Writes `ethernetHeaderBytes` at `at`. Addresses: first two bytes, last four. */
export function writeEthernet(
  bytes: Uint8Array,
  at: number,
  destinationHigh: number,
  destinationLow: number,
  sourceHigh: number,
  sourceLow: number,
  etherType: number,
): void {
  writeUint16(bytes, at, destinationHigh)
  writeInt32(bytes, at + 2, destinationLow)
  writeUint16(bytes, at + EthernetOffset.source, sourceHigh)
  writeInt32(bytes, at + EthernetOffset.source + 2, sourceLow)
  writeUint16(bytes, at + EthernetOffset.type, etherType)
}
