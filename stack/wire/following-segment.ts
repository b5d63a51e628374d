/**
 * Whether a frame is the next segment of the same TCP connection and direction: its payload begins where that of the
 * frame before it ends. Who holds both knows that an acknowledgment of the second will do for the first. Any thread;
 * touches nothing but the two frames.
 *
 * Both are IPv4 without options or fragments, carry payload, and have no flags but ACK and PSH. Nothing is verified here: a
 * damaged frame may be taken for the next segment, which delays an acknowledgment as if the network had lost it.
 */
import { readInt32, readUint16 } from './big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'
import { TcpFlag } from './header.ts'
import { IpProtocol, Ipv4Offset, ipv4HeaderBytes } from './ipv4.ts'
import { TcpOffset } from './tcp.ts'

const version4WithoutOptions = 0x45
/** Everything but "don't fragment". */
const fragmentMask = 0xbfff
const smallestBytes = ethernetHeaderBytes + ipv4HeaderBytes + TcpOffset.options

/** The frames are so many bytes long, without any virtio header; `at` are byte offsets of their Ethernet headers. */
export function followsSegment(
  bytes: Uint8Array,
  olderAt: number,
  olderBytes: number,
  newerAt: number,
  newerBytes: number,
): boolean {
  const newerPayload = payloadBytes(bytes, newerAt, newerBytes)
  if (newerPayload <= 0) return false
  const olderPayload = payloadBytes(bytes, olderAt, olderBytes)
  if (olderPayload <= 0) return false
  const older = olderAt + ethernetHeaderBytes
  const newer = newerAt + ethernetHeaderBytes
  const distance =
    (readInt32(bytes, newer + ipv4HeaderBytes + TcpOffset.sequence) -
      readInt32(bytes, older + ipv4HeaderBytes + TcpOffset.sequence)) |
    0
  return (
    distance === olderPayload &&
    isSame(bytes, older, newer, ipv4HeaderBytes + TcpOffset.sourcePort) &&
    isSame(bytes, older, newer, Ipv4Offset.source) &&
    isSame(bytes, older, newer, Ipv4Offset.destination)
  )
}

/** Payload of a plain data segment; -1 if the frame is anything else. */
function payloadBytes(bytes: Uint8Array, frameAt: number, frameBytes: number): number {
  if (frameBytes < smallestBytes || etherTypeOf(bytes, frameAt) !== EtherType.ipv4) return -1
  const at = frameAt + ethernetHeaderBytes
  const isPlain =
    bytes[at] === version4WithoutOptions &&
    bytes[at + Ipv4Offset.protocol] === IpProtocol.tcp &&
    (readUint16(bytes, at + Ipv4Offset.fragment) & fragmentMask) === 0
  if (!isPlain) return -1
  const tcpAt = at + ipv4HeaderBytes
  const flags = bytes[tcpAt + TcpOffset.flags] as number
  if ((flags | TcpFlag.psh) !== (TcpFlag.ack | TcpFlag.psh)) return -1
  const headerBytes = ((bytes[tcpAt + TcpOffset.dataOffset] as number) >> 4) << 2
  return readUint16(bytes, at + Ipv4Offset.totalLength) - ipv4HeaderBytes - headerBytes
}

/** The four bytes at an offset: two ports, or an address. */
function isSame(bytes: Uint8Array, older: number, newer: number, offset: number): boolean {
  return readInt32(bytes, older + offset) === readInt32(bytes, newer + offset)
}
