/**
 * Fragments of IPv4 packets (RFC 791 section 3.2): the gate for those that arrive, and the header of those
 * that are made. Any thread; allocates nothing, never throws, reads nothing outside the frame.
 *
 * What `readFragment` accepts lies inside its frame and inside some packet of at most 65535 bytes, is of a
 * protocol that is taken here, and shows the whole transport header if it is the first. Whether it fits the
 * fragments before it is for whoever joins them.
 */
import { readUint16, writeUint16 } from './big-endian.ts'
import { checksumOf, sumHeader } from './checksum.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'
import { Verdict } from './header.ts'
import { icmpHeaderBytes } from './icmpv4.ts'
import {
  checkIpv4Lengths,
  IpProtocol,
  Ipv4Offset,
  ipv4Destination,
  ipv4HeaderBytes,
  ipv4HeaderHolds,
  ipv4HeaderLength,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from './ipv4.ts'
import { TcpOffset, tcpHeaderMinimumBytes } from './tcp.ts'
import { udpHeaderBytes } from './udp.ts'

/** Largest packet: what its length field can say. */
export const packetLimitBytes = 0xffff
/** Fragments start at multiples of this, and all but the last are as long. */
export const fragmentUnitBytes = 8

const moreFragments = 0x2000
const offsetMask = 0x1fff

/** Words that `readFragment` fills. */
export const FragmentWord = {
  source: 0,
  destination: 1,
  /** Protocol and identification, which together with the addresses name the packet. */
  name: 2,
  /** Bytes of the IP header, options included. */
  headerBytes: 3,
  /** The payload: where it lies in the frame, its place in the packet's payload, its bytes. */
  payloadAt: 4,
  offset: 5,
  length: 6,
  isLast: 7,
} as const
export const fragmentWords = 8

/** Whether the frame holds a part of an IPv4 packet: it needs joining before it can be decoded. */
export function isFragment(bytes: Uint8Array, frameAt: number, frameLength: number): boolean {
  return (
    frameLength >= ethernetHeaderBytes + ipv4HeaderBytes &&
    ipv4IsFragment(bytes, frameAt + ethernetHeaderBytes) &&
    etherTypeOf(bytes, frameAt) === EtherType.ipv4
  )
}

/** Reads a frame that `isFragment`; false if it is to be dropped. */
export function readFragment(
  bytes: Uint8Array,
  frameAt: number,
  frameLength: number,
  fragment: Int32Array,
): boolean {
  const at = frameAt + ethernetHeaderBytes
  if (checkIpv4Lengths(bytes, at, frameLength - ethernetHeaderBytes) !== Verdict.accepted) return false
  if (!ipv4HeaderHolds(bytes, at)) return false
  const headerBytes = ipv4HeaderLength(bytes, at)
  const length = ipv4TotalLength(bytes, at) - headerBytes
  const bits = readUint16(bytes, at + Ipv4Offset.fragment)
  const offset = (bits & offsetMask) * fragmentUnitBytes
  const isLast = (bits & moreFragments) === 0
  if (length === 0 || (!isLast && length % fragmentUnitBytes !== 0)) return false
  if (headerBytes + offset + length > packetLimitBytes) return false
  const protocol = ipv4Protocol(bytes, at)
  // RFC 1858: a filter that looks at the first fragment is deceived if part of the transport header is in the
  // second.
  const least = transportHeaderBytes(bytes, protocol, at + headerBytes, offset === 0 ? length : 0)
  if (least === 0 || (offset === 0 ? length : offset) < least) return false

  fragment[FragmentWord.source] = ipv4Source(bytes, at)
  fragment[FragmentWord.destination] = ipv4Destination(bytes, at)
  fragment[FragmentWord.name] = (protocol << 16) | readUint16(bytes, at + Ipv4Offset.identification)
  fragment[FragmentWord.headerBytes] = headerBytes
  fragment[FragmentWord.payloadAt] = ethernetHeaderBytes + headerBytes
  fragment[FragmentWord.offset] = offset
  fragment[FragmentWord.length] = length
  fragment[FragmentWord.isLast] = isLast ? 1 : 0
  return true
}

/** Bytes of the transport header at `at`, of which `length` are there, at least; 0 if no such transport is taken. */
function transportHeaderBytes(bytes: Uint8Array, protocol: number, at: number, length: number): number {
  switch (protocol) {
    case IpProtocol.icmp:
      return icmpHeaderBytes
    case IpProtocol.udp:
      return udpHeaderBytes
    case IpProtocol.tcp:
      if (length < tcpHeaderMinimumBytes) return tcpHeaderMinimumBytes
      return Math.max(tcpHeaderMinimumBytes, ((bytes[at + TcpOffset.dataOffset] as number) >> 4) << 2)
    default:
      return 0
  }
}

/** Makes the header at `at` that of a whole packet of `totalLength` bytes; its other fields stay. */
export function writeWholeHeader(bytes: Uint8Array, at: number, totalLength: number): void {
  writeUint16(bytes, at + Ipv4Offset.totalLength, totalLength)
  writeUint16(bytes, at + Ipv4Offset.fragment, 0)
  sealHeader(bytes, at)
}

/**
 * Makes the header at `at`, whole but for this, that of a fragment: `identification` 0 … 65535, the same in all of a
 * packet; `offset` a multiple of 8, in bytes.
 */
export function writeFragmentHeader(
  bytes: Uint8Array,
  at: number,
  identification: number,
  offset: number,
  isLast: boolean,
): void {
  writeUint16(bytes, at + Ipv4Offset.identification, identification)
  writeUint16(bytes, at + Ipv4Offset.fragment, (isLast ? 0 : moreFragments) | (offset / fragmentUnitBytes))
  sealHeader(bytes, at)
}

function sealHeader(bytes: Uint8Array, at: number): void {
  writeUint16(bytes, at + Ipv4Offset.checksum, 0)
  writeUint16(bytes, at + Ipv4Offset.checksum, checksumOf(sumHeader(bytes, at, ipv4HeaderLength(bytes, at))))
}
