/**
 * What a sender asks of a device by the virtio-net header before a frame: to complete a checksum, or to cut a super-frame.
 * A request that contradicts its frame is a defect of the sender: it throws, where a network interface would send segments
 * that no receiver takes. Allocates nothing for a request that is right.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { readUint16, writeUint16 } from '../../wire/big-endian.ts'
import { checksumOf, sumBytes, sumPseudoHeader } from '../../wire/checksum.ts'
import { EtherType, etherTypeOf } from '../../wire/ethernet.ts'
import {
  IpProtocol,
  ipv4Destination,
  ipv4HeaderBytes,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from '../../wire/ipv4.ts'
import { TcpOffset } from '../../wire/tcp.ts'
import {
  virtioChecksumOffset,
  virtioChecksumStart,
  virtioHeaderBytes,
  virtioHeaderLength,
  virtioNeedsChecksum,
  virtioSegmentBytes,
} from '../../wire/virtio.ts'
import { ipAt, tcpAt, tcpHeaderLength } from './segmentation.ts'

/** Throws if the super-frame of `length` bytes behind the header at `at` is not what that header says. */
export function checkSegmentation(bytes: Uint8Array, at: number, length: number): void {
  const frameAt = at + virtioHeaderBytes
  const ip = frameAt + ipAt
  const tcp = frameAt + tcpAt
  const headerLength = tcpAt + tcpHeaderLength(bytes, tcp)
  const isSegment =
    etherTypeOf(bytes, frameAt) === EtherType.ipv4 &&
    ipv4HeaderLength(bytes, ip) === ipv4HeaderBytes &&
    ipv4Protocol(bytes, ip) === IpProtocol.tcp
  verify(isSegment, 'a frame to be cut is no TCP segment')
  verify(ipv4TotalLength(bytes, ip) === length - ipAt, 'a frame to be cut has another length than its packet')
  verify(headerLength < length, 'a frame to be cut has no payload')
  verify(virtioNeedsChecksum(bytes, at), 'a frame to be cut brings its checksum')
  const isDescribed =
    virtioHeaderLength(bytes, at) === headerLength &&
    virtioChecksumStart(bytes, at) === tcpAt &&
    virtioChecksumOffset(bytes, at) === TcpOffset.checksum
  verify(isDescribed, 'a frame to be cut has other headers than described')
  verify(virtioSegmentBytes(bytes, at) > 0, 'a frame is to be cut into nothing')
  const sum = sumPseudoHeader(
    ipv4Source(bytes, ip),
    ipv4Destination(bytes, ip),
    IpProtocol.tcp,
    length - tcpAt,
  )
  verify(
    readUint16(bytes, tcp + TcpOffset.checksum) === sum,
    'a checksum does not begin as that of the pseudo header',
  )
}

/**
 * Completes the checksum of the frame of `length` bytes at byte `at`, which has the sum of the pseudo header in its place:
 * `offset` bytes into the transport header at `start`. A result of 0, which means "none" in UDP, is written as 0xffff.
 */
export function completeChecksum(
  { bytes, words }: Pick<Region, 'bytes' | 'words'>,
  at: number,
  length: number,
  start: number,
  offset: number,
): void {
  verify(start + offset + 2 <= length, 'a checksum has its place beyond the frame')
  const checksum = checksumOf(sumBytes(bytes, words, at + start, length - start))
  writeUint16(bytes, at + start + offset, checksum === 0 ? 0xffff : checksum)
}

function verify(holds: boolean, violation: string): void {
  if (!holds) throw new Error(`offload: ${violation}`)
}
