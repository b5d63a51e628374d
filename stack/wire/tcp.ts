/**
 * The TCP header (RFC 9293 section 3.1). Any thread.
 * Decoding and encoding share one layout of a segment's fields, `TcpWord`: what was decoded can be written
 * again as it is.
 */
import { ipv4At } from './address.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { checksumOf, sumBytes, sumHolds, sumPseudoHeader } from './checksum.ts'
import { Format, HeaderWord, TcpWord, Verdict } from './header.ts'
import { IpProtocol } from './ipv4.ts'
import { decodeTcpOptions, tcpOptionBytes, writeTcpOptions } from './tcp-options.ts'

export const tcpHeaderMinimumBytes = 20
export const tcpHeaderMaximumBytes = 60

/** Bytes from the start of the header; the checksum's is what checksum offload has to know. */
export const TcpOffset = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const

/** Bytes of a header with these options (`OptionBit` bits) and SACK blocks: 20 … 60. */
export function tcpHeaderBytes(options: number, sackCount: number): number {
  return tcpHeaderMinimumBytes + tcpOptionBytes(options, sackCount)
}

/** Whether the segment of `length` bytes at `at` adds up. */
export function tcpChecksumHolds(
  bytes: Uint8Array,
  words: Int32Array,
  at: number,
  length: number,
  source: number,
  destination: number,
): boolean {
  return sumHolds(
    sumPseudoHeader(source, destination, IpProtocol.tcp, length) + sumBytes(bytes, words, at, length),
  )
}

/** Decodes the segment of `length` bytes at `at`; IP addresses are in the head already. */
export function decodeTcp(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
  frameAt: number,
  trustChecksums: boolean,
): number {
  if (length < tcpHeaderMinimumBytes) return Verdict.malformed
  const headerLength = ((bytes[at + TcpOffset.dataOffset] as number) >> 4) << 2
  if (headerLength < tcpHeaderMinimumBytes || headerLength > length) return Verdict.malformed
  const source = ipv4At(words, headAt + HeaderWord.ipSource)
  const destination = ipv4At(words, headAt + HeaderWord.ipDestination)
  if (!trustChecksums && !tcpChecksumHolds(bytes, words, at, length, source, destination)) {
    return Verdict.badChecksum
  }

  words[headAt + HeaderWord.format] = Format.tcp
  words[headAt + HeaderWord.payloadOffset] = at + headerLength - frameAt
  words[headAt + HeaderWord.payloadLength] = length - headerLength
  const record = headAt + HeaderWord.sourcePort
  const flags = bytes[at + TcpOffset.flags] as number
  words[record + TcpWord.sourcePort] = readUint16(bytes, at + TcpOffset.sourcePort)
  words[record + TcpWord.destinationPort] = readUint16(bytes, at + TcpOffset.destinationPort)
  words[record + TcpWord.sequence] = readInt32(bytes, at + TcpOffset.sequence)
  words[record + TcpWord.acknowledgment] = readInt32(bytes, at + TcpOffset.acknowledgment)
  words[record + TcpWord.flags] = flags
  words[record + TcpWord.window] = readUint16(bytes, at + TcpOffset.window)
  return decodeTcpOptions(bytes, at + TcpOffset.options, at + headerLength, words, record, flags)
}

/**
 * Writes the header whose fields are at `record[recordAt …]` in `TcpWord` order to `at`, with a checksum of 0;
 * returns its length in bytes. Urgent data is never sent (RFC 6093).
 */
export function writeTcp(bytes: Uint8Array, at: number, record: Int32Array, recordAt: number): number {
  const optionBytes = writeTcpOptions(bytes, at + TcpOffset.options, record, recordAt)
  const headerLength = tcpHeaderMinimumBytes + optionBytes
  writeUint16(bytes, at + TcpOffset.sourcePort, record[recordAt + TcpWord.sourcePort] as number)
  writeUint16(bytes, at + TcpOffset.destinationPort, record[recordAt + TcpWord.destinationPort] as number)
  writeInt32(bytes, at + TcpOffset.sequence, record[recordAt + TcpWord.sequence] as number)
  writeInt32(bytes, at + TcpOffset.acknowledgment, record[recordAt + TcpWord.acknowledgment] as number)
  bytes[at + TcpOffset.dataOffset] = (headerLength >> 2) << 4
  bytes[at + TcpOffset.flags] = record[recordAt + TcpWord.flags] as number
  writeUint16(bytes, at + TcpOffset.window, record[recordAt + TcpWord.window] as number)
  writeInt32(bytes, at + TcpOffset.checksum, 0)
  return headerLength
}

/** Completes the header at `at`, whose checksum is still 0, given the sum of the payload that follows it. */
export function writeTcpChecksum(
  bytes: Uint8Array,
  words: Int32Array,
  at: number,
  headerLength: number,
  source: number,
  destination: number,
  payloadLength: number,
  payloadSum: number,
): void {
  const sum =
    sumPseudoHeader(source, destination, IpProtocol.tcp, headerLength + payloadLength) +
    sumBytes(bytes, words, at, headerLength) +
    payloadSum
  writeUint16(bytes, at + TcpOffset.checksum, checksumOf(sum))
}

/** For a device that completes checksums: the field holds the pseudo header's sum, not complemented. */
export function writeTcpPseudoChecksum(
  bytes: Uint8Array,
  at: number,
  source: number,
  destination: number,
  segmentLength: number,
): void {
  const sum = sumPseudoHeader(source, destination, IpProtocol.tcp, segmentLength)
  writeUint16(bytes, at + TcpOffset.checksum, sum)
}
