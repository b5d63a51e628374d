/** ICMP for IPv4 (RFC 792): echo, and errors with the packet they quote. Any thread. */
import { writeIpv4Mapped } from './address.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { checksumOf, sumBytes, sumHeader, sumHolds } from './checksum.ts'
import { Format, HeaderWord, Verdict } from './header.ts'
import {
  IpProtocol,
  ipv4Destination,
  ipv4FragmentOffset,
  ipv4HeaderBytes,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
} from './ipv4.ts'
import { TcpOffset } from './tcp.ts'

export const icmpHeaderBytes = 8

export const IcmpType = {
  echoReply: 0,
  unreachable: 3,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const

export const UnreachableCode = { network: 0, host: 1, protocol: 2, port: 3, fragmentationNeeded: 4 } as const

/** What an error quotes of the packet's payload at least (RFC 792). */
const quotedPayloadBytes = 8
/** An error as a whole stays within what every host takes (RFC 1812 section 4.3.2.3). */
const errorLimitBytes = 576

const IcmpOffset = { type: 0, code: 1, checksum: 2, identifier: 4, sequence: 6 } as const

export function icmpChecksumHolds(bytes: Uint8Array, words: Int32Array, at: number, length: number): boolean {
  return sumHolds(sumBytes(bytes, words, at, length))
}

/** Decodes the message of `length` bytes at `at`. Types other than echo and the three errors are not for us. */
export function decodeIcmp(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
  frameAt: number,
  trustChecksums: boolean,
): number {
  if (length < icmpHeaderBytes) return Verdict.malformed
  if (!trustChecksums && !icmpChecksumHolds(bytes, words, at, length)) return Verdict.badChecksum
  const type = bytes[at + IcmpOffset.type] as number
  words[headAt + HeaderWord.icmpType] = type
  words[headAt + HeaderWord.icmpCode] = bytes[at + IcmpOffset.code] as number
  words[headAt + HeaderWord.payloadOffset] = at + icmpHeaderBytes - frameAt
  words[headAt + HeaderWord.payloadLength] = length - icmpHeaderBytes
  switch (type) {
    case IcmpType.echoRequest:
    case IcmpType.echoReply:
      if (bytes[at + IcmpOffset.code] !== 0) return Verdict.malformed
      words[headAt + HeaderWord.format] = Format.icmpEcho
      words[headAt + HeaderWord.icmpIdentifier] = readUint16(bytes, at + IcmpOffset.identifier)
      words[headAt + HeaderWord.icmpSequence] = readUint16(bytes, at + IcmpOffset.sequence)
      return Verdict.accepted
    case IcmpType.unreachable:
    case IcmpType.timeExceeded:
    case IcmpType.parameterProblem:
      words[headAt + HeaderWord.format] = Format.icmpError
      words[headAt + HeaderWord.icmpIdentifier] = 0
      words[headAt + HeaderWord.icmpSequence] = 0
      // RFC 1191 section 4: the second half of the otherwise unused word.
      words[headAt + HeaderWord.nextHopMtu] = readUint16(bytes, at + IcmpOffset.sequence)
      return decodeQuote(bytes, at + icmpHeaderBytes, length - icmpHeaderBytes, words, headAt)
    default:
      return Verdict.notForUs
  }
}

/**
 * The packet that an error quotes: its IP header and at least 8 bytes more. It is cut short, so its total
 * length is not compared, and routers may have changed its checksum, so that is not verified.
 */
function decodeQuote(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
): number {
  if (length < ipv4HeaderBytes || (bytes[at] as number) >> 4 !== 4) return Verdict.malformed
  const headerLength = ipv4HeaderLength(bytes, at)
  if (headerLength < ipv4HeaderBytes || headerLength + quotedPayloadBytes > length) return Verdict.malformed
  // A later fragment has no ports.
  if (ipv4FragmentOffset(bytes, at) !== 0) return Verdict.notForUs
  const protocol = ipv4Protocol(bytes, at)
  const hasPorts = protocol === IpProtocol.tcp || protocol === IpProtocol.udp
  const transport = at + headerLength
  words[headAt + HeaderWord.quotedProtocol] = protocol
  writeIpv4Mapped(words, headAt + HeaderWord.quotedSource, ipv4Source(bytes, at))
  writeIpv4Mapped(words, headAt + HeaderWord.quotedDestination, ipv4Destination(bytes, at))
  words[headAt + HeaderWord.quotedSourcePort] = hasPorts ? readUint16(bytes, transport) : 0
  words[headAt + HeaderWord.quotedDestinationPort] = hasPorts ? readUint16(bytes, transport + 2) : 0
  words[headAt + HeaderWord.quotedSequence] =
    protocol === IpProtocol.tcp ? readInt32(bytes, transport + TcpOffset.sequence) : 0
  return Verdict.accepted
}

/** Writes an echo request's or reply's header at `at`, its checksum 0; `writeIcmpChecksum` completes it. */
export function writeIcmpEcho(
  bytes: Uint8Array,
  at: number,
  type: number,
  identifier: number,
  sequence: number,
): void {
  bytes[at + IcmpOffset.type] = type
  bytes[at + IcmpOffset.code] = 0
  writeUint16(bytes, at + IcmpOffset.checksum, 0)
  writeUint16(bytes, at + IcmpOffset.identifier, identifier)
  writeUint16(bytes, at + IcmpOffset.sequence, sequence)
}

/** Writes an error's header at `at`, its checksum 0; the quote follows. `nextHopMtu` is 0 but for type 3 code 4. */
export function writeIcmpError(
  bytes: Uint8Array,
  at: number,
  type: number,
  code: number,
  nextHopMtu: number,
): void {
  bytes[at + IcmpOffset.type] = type
  bytes[at + IcmpOffset.code] = code
  writeUint16(bytes, at + IcmpOffset.checksum, 0)
  writeInt32(bytes, at + IcmpOffset.identifier, nextHopMtu & 0xffff)
}

/** Bytes of a packet of `packetLength` bytes that an error quotes. */
export function quotedBytes(packetLength: number): number {
  return Math.min(packetLength, errorLimitBytes - ipv4HeaderBytes - icmpHeaderBytes)
}

/** Completes the message of `length` bytes at `at`, whose checksum is still 0 and whose payload is in place. */
export function writeIcmpChecksum(bytes: Uint8Array, words: Int32Array, at: number, length: number): void {
  writeUint16(bytes, at + IcmpOffset.checksum, checksumOf(sumBytes(bytes, words, at, length)))
}

/** Completes the header at `at`, whose checksum is still 0, given the sum of all the payload, wherever that is. */
export function completeIcmpHeader(bytes: Uint8Array, at: number, payloadSum: number): void {
  const sum = sumHeader(bytes, at, icmpHeaderBytes) + payloadSum
  writeUint16(bytes, at + IcmpOffset.checksum, checksumOf(sum))
}
