/** UDP (RFC 768). Any thread. */
import { ipv4At } from './address.ts'
import { readUint16, writeUint16 } from './big-endian.ts'
import { checksumOf, sumBytes, sumHeader, sumHolds, sumPseudoHeader } from './checksum.ts'
import { Format, HeaderWord, Verdict } from './header.ts'
import { IpProtocol } from './ipv4.ts'

export const udpHeaderBytes = 8

/** Bytes from the start of the header; the checksum's is what checksum offload has to know. */
export const UdpOffset = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6 } as const

/** Whether the datagram at `at`, whose length field was checked, adds up; a checksum of 0 means none was sent. */
export function udpChecksumHolds(
  bytes: Uint8Array,
  words: Int32Array,
  at: number,
  source: number,
  destination: number,
): boolean {
  if (readUint16(bytes, at + UdpOffset.checksum) === 0) return true
  const length = readUint16(bytes, at + UdpOffset.length)
  return sumHolds(
    sumPseudoHeader(source, destination, IpProtocol.udp, length) + sumBytes(bytes, words, at, length),
  )
}

/** Whether the length field of the datagram at `at` lies within the `length` bytes that are there. */
export function udpLengthHolds(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < udpHeaderBytes) return false
  const stated = readUint16(bytes, at + UdpOffset.length)
  return stated >= udpHeaderBytes && stated <= length
}

/** Decodes the datagram at `at`, of which `length` bytes are there; IP addresses are in the head already. */
export function decodeUdp(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
  frameAt: number,
  trustChecksums: boolean,
): number {
  if (!udpLengthHolds(bytes, at, length)) return Verdict.malformed
  const source = ipv4At(words, headAt + HeaderWord.ipSource)
  const destination = ipv4At(words, headAt + HeaderWord.ipDestination)
  if (!trustChecksums && !udpChecksumHolds(bytes, words, at, source, destination)) return Verdict.badChecksum

  words[headAt + HeaderWord.format] = Format.udp
  words[headAt + HeaderWord.payloadOffset] = at + udpHeaderBytes - frameAt
  words[headAt + HeaderWord.payloadLength] = readUint16(bytes, at + UdpOffset.length) - udpHeaderBytes
  words[headAt + HeaderWord.sourcePort] = readUint16(bytes, at + UdpOffset.sourcePort)
  words[headAt + HeaderWord.destinationPort] = readUint16(bytes, at + UdpOffset.destinationPort)
  return Verdict.accepted
}

/** Writes `udpHeaderBytes` at `at` with a checksum of 0; `writeUdpChecksum` completes it. */
export function writeUdp(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  payloadLength: number,
): void {
  writeUint16(bytes, at + UdpOffset.sourcePort, sourcePort)
  writeUint16(bytes, at + UdpOffset.destinationPort, destinationPort)
  writeUint16(bytes, at + UdpOffset.length, udpHeaderBytes + payloadLength)
  writeUint16(bytes, at + UdpOffset.checksum, 0)
}

/** Completes the header at `at`, given the sum of the payload. A result of 0 is sent as its equal, 0xffff. */
export function writeUdpChecksum(
  bytes: Uint8Array,
  at: number,
  source: number,
  destination: number,
  payloadLength: number,
  payloadSum: number,
): void {
  const length = udpHeaderBytes + payloadLength
  const sum =
    sumPseudoHeader(source, destination, IpProtocol.udp, length) +
    sumHeader(bytes, at, udpHeaderBytes) +
    payloadSum
  const checksum = checksumOf(sum)
  writeUint16(bytes, at + UdpOffset.checksum, checksum === 0 ? 0xffff : checksum)
}
