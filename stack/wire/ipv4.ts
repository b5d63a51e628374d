/** The IPv4 header (RFC 791). Any thread. */
import { writeIpv4Mapped } from './address.ts'
import { broadcastAddress, isMulticastAddress } from './addresses.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { checksumOf, sumHeader, sumHolds } from './checksum.ts'
import { HeaderWord, Verdict } from './header.ts'

/** Without options, which we never send. */
export const ipv4HeaderBytes = 20

/** `ctp` has a number that is for experiments (RFC 3692). */
export const IpProtocol = { icmp: 1, tcp: 6, udp: 17, ctp: 253 } as const

export const Ipv4Offset = {
  versionAndLength: 0,
  typeOfService: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  timeToLive: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
} as const

const dontFragment = 0x4000
/** More-fragments flag and fragment offset: either makes the packet a fragment. */
const fragmentMask = 0x3fff
const timeToLive = 64
const versionAndLength = 0x45

/** Bytes of the header at `at`, options included; no check that they exist or make sense. */
export function ipv4HeaderLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) & 0x0f) << 2
}

/** Bytes of header and payload as the header states them. */
export function ipv4TotalLength(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at + Ipv4Offset.totalLength)
}

export function ipv4Protocol(bytes: Uint8Array, at: number): number {
  return bytes[at + Ipv4Offset.protocol] as number
}

export function ipv4Source(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + Ipv4Offset.source)
}

export function ipv4Destination(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at + Ipv4Offset.destination)
}

/** Offset of this fragment in its packet, in units of 8 bytes: not 0 means that no transport header follows. */
export function ipv4FragmentOffset(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at + Ipv4Offset.fragment) & 0x1fff
}

/**
 * Version and lengths of the packet at `at`, of which `length` bytes are there. Bytes past its total length
 * are Ethernet padding, and allowed. After `accepted` the other readers of this file are safe.
 */
export function checkIpv4Lengths(bytes: Uint8Array, at: number, length: number): number {
  if (length < ipv4HeaderBytes || (bytes[at] as number) >> 4 !== 4) return Verdict.malformed
  const headerLength = ipv4HeaderLength(bytes, at)
  const totalLength = ipv4TotalLength(bytes, at)
  return headerLength >= ipv4HeaderBytes && headerLength <= totalLength && totalLength <= length
    ? Verdict.accepted
    : Verdict.malformed
}

export function ipv4IsFragment(bytes: Uint8Array, at: number): boolean {
  return (readUint16(bytes, at + Ipv4Offset.fragment) & fragmentMask) !== 0
}

export function ipv4HeaderHolds(bytes: Uint8Array, at: number): boolean {
  return sumHolds(sumHeader(bytes, at, ipv4HeaderLength(bytes, at)))
}

/**
 * Decodes the header at `at`, of which `length` bytes are there. Options are skipped. A fragment is not for us: whoever
 * reads frames has put together what can be (`ipv4-fragment.ts`).
 */
export function decodeIpv4(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
): number {
  const lengths = checkIpv4Lengths(bytes, at, length)
  if (lengths !== Verdict.accepted) return lengths
  if (!ipv4HeaderHolds(bytes, at)) return Verdict.badChecksum
  if (ipv4IsFragment(bytes, at)) return Verdict.notForUs
  const source = ipv4Source(bytes, at)
  // RFC 1122 section 3.2.1.3: neither may be a source.
  if (isMulticastAddress(source) || source === broadcastAddress) return Verdict.malformed

  writeIpv4Mapped(words, headAt + HeaderWord.ipSource, source)
  writeIpv4Mapped(words, headAt + HeaderWord.ipDestination, ipv4Destination(bytes, at))
  words[headAt + HeaderWord.timeToLive] = bytes[at + Ipv4Offset.timeToLive] as number
  words[headAt + HeaderWord.ecn] = (bytes[at + Ipv4Offset.typeOfService] as number) & 3
  return Verdict.accepted
}

/**
 * Writes `ipv4HeaderBytes` at `at`, checksum included: time to live 64, do not fragment, identification 0
 * (RFC 6864 section 4.1: an atomic packet needs none). `payloadLength` ≤ 65515; `ecn` 0 … 3.
 */
export function writeIpv4(
  bytes: Uint8Array,
  at: number,
  protocol: number,
  source: number,
  destination: number,
  payloadLength: number,
  ecn: number,
): void {
  const totalLength = ipv4HeaderBytes + payloadLength
  bytes[at + Ipv4Offset.versionAndLength] = versionAndLength
  bytes[at + Ipv4Offset.typeOfService] = ecn
  writeUint16(bytes, at + Ipv4Offset.totalLength, totalLength)
  writeUint16(bytes, at + Ipv4Offset.identification, 0)
  writeUint16(bytes, at + Ipv4Offset.fragment, dontFragment)
  bytes[at + Ipv4Offset.timeToLive] = timeToLive
  bytes[at + Ipv4Offset.protocol] = protocol
  const sum =
    ((versionAndLength << 8) | ecn) +
    totalLength +
    dontFragment +
    ((timeToLive << 8) | protocol) +
    (source >>> 16) +
    (source & 0xffff) +
    (destination >>> 16) +
    (destination & 0xffff)
  writeUint16(bytes, at + Ipv4Offset.checksum, checksumOf(sum))
  writeInt32(bytes, at + Ipv4Offset.source, source)
  writeInt32(bytes, at + Ipv4Offset.destination, destination)
}
