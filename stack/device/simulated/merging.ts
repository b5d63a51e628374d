/**
 * Receive merging (GRO): consecutive segments of one flow that arrived together become one frame of up to 64 KB. Pure
 * functions over bytes: a held frame grows by the next segment's payload while `joinsHeld` allows it.
 *
 * The rules are those of Linux (`inet_gro_receive`, `tcp_gro_receive`, `skb_gro_receive`). A segment joins the held frame if
 *   - both have IPv4 without options, fragments or padding, and every checksum of both holds;
 *   - Ethernet header, addresses, ports, time to live, "don't fragment" and type of service are equal, so that no ECN mark
 *     is lost (RFC 3168 section 5.3 asks the same of fragments that are joined);
 *   - the identification counts up from piece to piece, or is the same in atomic packets (RFC 6864 section 4.1);
 *   - acknowledgment, window, all options and all flags but PSH and FIN are equal, and only the first has CWR;
 *   - it begins where the held frame ends, and is not larger than the first segment of it.
 * After a smaller segment, and after PSH or FIN, nothing joins. A segment with SYN, RST or URG, and one without payload,
 * is never held.
 */
import { readInt32, readUint16 } from '../../wire/big-endian.ts'
import { EthernetOffset, EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { transportChecksumHolds } from '../../wire/frame.ts'
import { TcpFlag } from '../../wire/header.ts'
import {
  IpProtocol,
  Ipv4Offset,
  ipv4Destination,
  ipv4HeaderHolds,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from '../../wire/ipv4.ts'
import { packetLimitBytes } from '../../wire/ipv4-fragment.ts'
import { TcpOffset, tcpHeaderMinimumBytes, writeTcpPseudoChecksum } from '../../wire/tcp.ts'
import { ipAt, tcpAt, tcpHeaderLength, writePacketLength } from './segmentation.ts'

const version4WithoutOptions = 0x45
const dontFragmentBit = 0x40
const endingFlags = TcpFlag.psh | TcpFlag.fin
const neverHeldFlags = TcpFlag.syn | TcpFlag.rst | TcpFlag.urg
/** Flags in which segments of one frame may differ. */
const freeFlags = endingFlags | TcpFlag.cwr

/** A frame that may grow. Its first segment is whole; it has no virtio-net header yet. */
export interface HeldFrame {
  readonly bytes: Uint8Array
  /** Byte offset of its Ethernet header. */
  readonly at: number
  length: number
  /** Payload of its first segment. */
  readonly segmentBytes: number
  segments: number
  /** By how much the identification grows from segment to segment, 0 or 1; known once there are two. */
  identificationStep: number
}

/**
 * Payload bytes of the frame of `length` bytes at `at` if it is a segment that may be held or join; else 0. Its checksums
 * are verified, `words` being the same memory as `bytes`.
 */
export function mergeablePayload(bytes: Uint8Array, words: Int32Array, at: number, length: number): number {
  if (length < tcpAt + tcpHeaderMinimumBytes || etherTypeOf(bytes, at) !== EtherType.ipv4) return 0
  const ip = at + ipAt
  const isPlain =
    bytes[ip] === version4WithoutOptions &&
    ipv4TotalLength(bytes, ip) === length - ethernetHeaderBytes &&
    ipv4Protocol(bytes, ip) === IpProtocol.tcp &&
    !ipv4IsFragment(bytes, ip) &&
    ((bytes[at + tcpAt + TcpOffset.flags] as number) & neverHeldFlags) === 0
  const headerBytes = tcpHeaderLength(bytes, at + tcpAt)
  if (!isPlain || headerBytes < tcpHeaderMinimumBytes || tcpAt + headerBytes >= length) return 0
  if (!ipv4HeaderHolds(bytes, ip) || !transportChecksumHolds(bytes, at, length, words)) return 0
  return length - tcpAt - headerBytes
}

/** Whether a segment may join a frame that ends with the one at `at`, of `payloadBytes` where the first has `segmentBytes`. */
export function mayBeFollowed(
  bytes: Uint8Array,
  at: number,
  payloadBytes: number,
  segmentBytes: number,
): boolean {
  const flags = bytes[at + tcpAt + TcpOffset.flags] as number
  return payloadBytes === segmentBytes && (flags & endingFlags) === 0
}

/** Whether the mergeable segment of `length` bytes at `bytes[at …]`, `payloadBytes` of them payload, joins the held frame. */
export function joinsHeld(held: HeldFrame, bytes: Uint8Array, at: number, payloadBytes: number): boolean {
  if (payloadBytes > held.segmentBytes) return false
  if (held.length - ethernetHeaderBytes + payloadBytes > packetLimitBytes) return false
  return hasSamePath(held, bytes, at) && continuesStream(held, bytes, at)
}

/** The segment's payload becomes the end of the held frame, its PSH and FIN those of the frame. */
export function appendToHeld(held: HeldFrame, bytes: Uint8Array, at: number, payloadBytes: number): void {
  const payloadAt = at + tcpAt + tcpHeaderLength(bytes, at + tcpAt)
  held.bytes.set(bytes.subarray(payloadAt, payloadAt + payloadBytes), held.at + held.length)
  if (held.segments === 1) held.identificationStep = identificationAhead(held, bytes, at)
  held.length += payloadBytes
  held.segments += 1
  const flagsAt = held.at + tcpAt + TcpOffset.flags
  const ending = (bytes[at + tcpAt + TcpOffset.flags] as number) & endingFlags
  held.bytes[flagsAt] = (held.bytes[flagsAt] as number) | ending
}

/** Completes the headers: lengths, the IPv4 checksum, and TCP's as the sum of the pseudo header (`wire/virtio.ts`). */
export function completeHeld({ bytes, at, length }: HeldFrame): void {
  const ip = at + ipAt
  writePacketLength(bytes, ip, length - ipAt)
  const [source, destination] = [ipv4Source(bytes, ip), ipv4Destination(bytes, ip)]
  writeTcpPseudoChecksum(bytes, at + tcpAt, source, destination, length - tcpAt)
}

/** Everything of the Ethernet and IPv4 headers that has to be equal, and the identification. */
function hasSamePath(held: HeldFrame, bytes: Uint8Array, at: number): boolean {
  const { bytes: heldBytes, at: heldAt } = held
  const [older, newer] = [heldAt + ipAt, at + ipAt]
  const isSame = (offset: number): boolean => heldBytes[older + offset] === bytes[newer + offset]
  for (let offset = 0; offset < EthernetOffset.type; offset += 1) {
    if (heldBytes[heldAt + offset] !== bytes[at + offset]) return false
  }
  return (
    isSame(Ipv4Offset.typeOfService) &&
    isSame(Ipv4Offset.timeToLive) &&
    isSame(Ipv4Offset.fragment) &&
    ipv4Source(heldBytes, older) === ipv4Source(bytes, newer) &&
    ipv4Destination(heldBytes, older) === ipv4Destination(bytes, newer) &&
    identificationFits(held, bytes, at)
  )
}

function identificationFits(held: HeldFrame, bytes: Uint8Array, at: number): boolean {
  const ahead = identificationAhead(held, bytes, at)
  if (held.segments > 1) return ahead === ((held.segments * held.identificationStep) & 0xffff)
  const isAtomic = ((bytes[at + ipAt + Ipv4Offset.fragment] as number) & dontFragmentBit) !== 0
  return ahead === 1 || (isAtomic && ahead === 0)
}

/** How far the segment's identification is from that of the held frame, modulo 2^16. */
function identificationAhead(held: HeldFrame, bytes: Uint8Array, at: number): number {
  const offset = ipAt + Ipv4Offset.identification
  return (readUint16(bytes, at + offset) - readUint16(held.bytes, held.at + offset)) & 0xffff
}

/** Everything of the TCP headers. */
function continuesStream(
  { bytes: heldBytes, at: heldAt, length }: HeldFrame,
  bytes: Uint8Array,
  at: number,
): boolean {
  const [older, newer] = [heldAt + tcpAt, at + tcpAt]
  const headerBytes = tcpHeaderLength(heldBytes, older)
  const isSame = (offset: number): boolean =>
    readInt32(heldBytes, older + offset) === readInt32(bytes, newer + offset)
  const expected = (readInt32(heldBytes, older + TcpOffset.sequence) + length - tcpAt - headerBytes) | 0
  const flags = bytes[newer + TcpOffset.flags] as number
  const different = (flags ^ (heldBytes[older + TcpOffset.flags] as number)) & ~freeFlags
  const isNext =
    isSame(TcpOffset.sourcePort) &&
    isSame(TcpOffset.acknowledgment) &&
    bytes[newer + TcpOffset.dataOffset] === heldBytes[older + TcpOffset.dataOffset] &&
    readUint16(bytes, newer + TcpOffset.window) === readUint16(heldBytes, older + TcpOffset.window) &&
    readInt32(bytes, newer + TcpOffset.sequence) === expected &&
    different === 0 &&
    (flags & TcpFlag.cwr) === 0
  if (!isNext) return false
  for (let offset = TcpOffset.options; offset < headerBytes; offset += 4) if (!isSame(offset)) return false
  return true
}
