/**
 * Whether two segments, of which the newer follows the older (`following-segment.ts`), may be taken for one, by the rules of
 * Linux's receive offload: equal headers but for sequence number, length, identification and checksums (net/ipv4/af_inet.c,
 * inet_gro_receive; net/ipv4/tcp_offload.c, tcp_gro_receive). Only the last of a burst may be pushed. Any thread.
 */
import { readInt32, readUint16 } from './big-endian.ts'
import { ethernetHeaderBytes } from './ethernet.ts'
import { TcpFlag } from './header.ts'
import { Ipv4Offset, ipv4HeaderBytes } from './ipv4.ts'
import { TcpOffset } from './tcp.ts'

/** `at`: byte offsets of the Ethernet headers; `headerBytes`: from there to the payload, of both. */
export function mergesWith(
  bytes: Uint8Array,
  olderAt: number,
  newerAt: number,
  headerBytes: number,
): boolean {
  const older = olderAt + ethernetHeaderBytes
  const newer = newerAt + ethernetHeaderBytes
  const tcp = ipv4HeaderBytes
  const olderFlags = readUint16(bytes, older + tcp + TcpOffset.dataOffset)
  const newerFlags = readUint16(bytes, newer + tcp + TcpOffset.dataOffset)
  if ((olderFlags & TcpFlag.psh) !== 0 || olderFlags !== (newerFlags & ~TcpFlag.psh)) return false
  const isSame =
    isSame16(bytes, older, newer, Ipv4Offset.versionAndLength) &&
    isSame16(bytes, older, newer, Ipv4Offset.fragment) &&
    isSame16(bytes, older, newer, Ipv4Offset.timeToLive) &&
    isSame16(bytes, older, newer, tcp + TcpOffset.window) &&
    readInt32(bytes, older + tcp + TcpOffset.acknowledgment) ===
      readInt32(bytes, newer + tcp + TcpOffset.acknowledgment)
  if (!isSame) return false
  for (let at = tcp + TcpOffset.options; at < headerBytes - ethernetHeaderBytes; at += 4) {
    if (readInt32(bytes, older + at) !== readInt32(bytes, newer + at)) return false
  }
  return true
}

/** The two bytes at an offset: of IPv4 version and type of service, fragment flags, time to live and protocol. */
function isSame16(bytes: Uint8Array, older: number, newer: number, offset: number): boolean {
  return readUint16(bytes, older + offset) === readUint16(bytes, newer + offset)
}
