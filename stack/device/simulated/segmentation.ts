/**
 * Segmentation offload (TSO): the frames into which a device cuts a super-frame, an Ethernet frame with an IPv4 packet of up
 * to 64 KB that holds one TCP segment. Pure functions over bytes.
 *
 * Every piece has the headers of the super-frame, but for what Linux also changes (`inet_gso_segment`, `tcp_gso_segment`):
 *
 *   IPv4 identification   counts up from piece to piece, modulo 2^16
 *   lengths, checksums    those of the piece
 *   sequence number       that of its first byte
 *   PSH, FIN              on the last piece only
 *   CWR                   on the first piece only (RFC 3168 section 6.1.2: once for a reduction of the window)
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from '../../wire/big-endian.ts'
import { checksumOf, sumBytes, sumHeader } from '../../wire/checksum.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { Ipv4Offset, ipv4Destination, ipv4HeaderBytes, ipv4Source } from '../../wire/ipv4.ts'
import { TcpOffset, writeTcpChecksum } from '../../wire/tcp.ts'

export const ipAt = ethernetHeaderBytes
/** The IPv4 header of a frame that is cut or merged has no options. */
export const tcpAt = ethernetHeaderBytes + ipv4HeaderBytes

/** Bytes of the TCP header at byte `at`, options included, as it states them. */
export function tcpHeaderLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at + TcpOffset.dataOffset] as number) >> 4) << 2
}

/** Pieces of a super-frame whose headers end at `headerLength`. */
export function pieceCount(frameLength: number, headerLength: number, pieceBytes: number): number {
  return Math.ceil((frameLength - headerLength) / pieceBytes)
}

/**
 * Writes piece `index` of the super-frame of `frameLength` bytes at `from[frameAt …]` to byte `at` of `to`; returns the bytes
 * of that frame. `pieceBytes`: payload of every piece but the last. What the super-frame has as checksums does not matter.
 */
export function writePiece(
  from: Uint8Array,
  frameAt: number,
  frameLength: number,
  pieceBytes: number,
  index: number,
  to: Pick<Region, 'bytes' | 'words'>,
  at: number,
): number {
  const { bytes, words } = to
  const headerLength = tcpAt + tcpHeaderLength(from, frameAt + tcpAt)
  const start = index * pieceBytes
  const payloadLength = Math.min(pieceBytes, frameLength - headerLength - start)
  const payloadFrom = frameAt + headerLength + start
  const payloadAt = at + headerLength
  bytes.set(from.subarray(frameAt, frameAt + headerLength), at)
  bytes.set(from.subarray(payloadFrom, payloadFrom + payloadLength), payloadAt)

  const ip = at + ipAt
  const length = headerLength + payloadLength
  const identification = readUint16(from, frameAt + ipAt + Ipv4Offset.identification)
  writeUint16(bytes, ip + Ipv4Offset.identification, identification + index)
  writePacketLength(bytes, ip, length - ipAt)

  const tcp = at + tcpAt
  const isLast = headerLength + start + payloadLength === frameLength
  writeInt32(
    bytes,
    tcp + TcpOffset.sequence,
    (readInt32(from, frameAt + tcpAt + TcpOffset.sequence) + start) | 0,
  )
  bytes[tcp + TcpOffset.flags] = (from[frameAt + tcpAt + TcpOffset.flags] as number) & flagsOf(index, isLast)
  // An urgent pointer behind the checksum is kept, so the field alone is cleared.
  writeUint16(bytes, tcp + TcpOffset.checksum, 0)
  writeTcpChecksum(
    bytes,
    words,
    tcp,
    headerLength - tcpAt,
    ipv4Source(bytes, ip),
    ipv4Destination(bytes, ip),
    payloadLength,
    sumBytes(bytes, words, payloadAt, payloadLength),
  )
  return length
}

/** Writes the total length of the IPv4 packet at `ip`, and the checksum of its header. */
export function writePacketLength(bytes: Uint8Array, ip: number, packetBytes: number): void {
  writeUint16(bytes, ip + Ipv4Offset.totalLength, packetBytes)
  writeUint16(bytes, ip + Ipv4Offset.checksum, 0)
  writeUint16(bytes, ip + Ipv4Offset.checksum, checksumOf(sumHeader(bytes, ip, ipv4HeaderBytes)))
}

function flagsOf(index: number, isLast: boolean): number {
  const notLast = isLast ? 0 : TcpFlag.psh | TcpFlag.fin
  const notFirst = index === 0 ? 0 : TcpFlag.cwr
  return ~(notLast | notFirst)
}
