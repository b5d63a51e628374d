/**
 * Whether a frame is the next segment of the same TCP connection and direction: its payload begins where that of the
 * frame before it ends. Who holds both knows that an acknowledgment of the second will do for the first. Any thread;
 * touches nothing but the two frames.
 *
 * Both are IPv4 without options or fragments, carry payload, and have no flags but ACK and PSH. Nothing is verified here: a
 * damaged frame may be taken for the next segment, which delays an acknowledgment as if the network had lost it.
 */
import { readInt32 } from './big-endian.ts'
import { dataSegmentPayload } from './data-segment.ts'
import { ethernetHeaderBytes } from './ethernet.ts'
import { Ipv4Offset, ipv4HeaderBytes } from './ipv4.ts'
import { TcpOffset } from './tcp.ts'

/** The frames are so many bytes long, without any virtio header; `at` are byte offsets of their Ethernet headers. */
export function followsSegment(
  bytes: Uint8Array,
  olderAt: number,
  olderBytes: number,
  newerAt: number,
  newerBytes: number,
): boolean {
  const newerPayload = dataSegmentPayload(bytes, newerAt, newerBytes)
  if (newerPayload <= 0) return false
  const olderPayload = dataSegmentPayload(bytes, olderAt, olderBytes)
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

/** The four bytes at an offset: two ports, or an address. */
function isSame(bytes: Uint8Array, older: number, newer: number, offset: number): boolean {
  return readInt32(bytes, older + offset) === readInt32(bytes, newer + offset)
}
