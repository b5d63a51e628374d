/**
 * Frames that carry a plain segment of a TCP stream, looked at before they are decoded: by whoever reads them, to tell what
 * to do with the next. Any thread; nothing is verified but that the frame is as long as it says.
 */
import { readUint16 } from './big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'
import { TcpFlag } from './header.ts'
import { IpProtocol, Ipv4Offset, ipv4HeaderBytes } from './ipv4.ts'
import { TcpOffset } from './tcp.ts'

/** Of a packet without options. */
const version4WithoutOptions = 0x45
/** Everything but "don't fragment". */
const fragmentMask = 0xbfff
const smallestBytes = ethernetHeaderBytes + ipv4HeaderBytes + TcpOffset.options

/**
 * Bytes of the payload of a plain data segment: IPv4 without options or fragments, no flags but ACK and PSH; -1 if the frame
 * is anything else. `frameAt`: byte offset of its Ethernet header; `frameBytes`: without any virtio-net header.
 */
export function dataSegmentPayload(bytes: Uint8Array, frameAt: number, frameBytes: number): number {
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
