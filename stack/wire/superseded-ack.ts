/**
 * Superseded ACKs: whether a frame says all that the one before it said, both being bare acknowledgments of
 * one connection. TCP acknowledges cumulatively (RFC 9293 section 3.4) and repeats its SACK blocks (RFC 2018
 * section 4), so dropping the first is as if the network had lost it; Linux does the same with what waits for
 * a busy socket. Any thread; touches nothing but the two frames.
 *
 * A bare acknowledgment has IPv4 without options or fragments, no flag but ACK, no payload, and no options
 * but timestamps and SACK blocks. Two kinds are never dropped: a D-SACK (RFC 2883), which is sent once only;
 * and a duplicate ACK without SACK blocks, which the sender counts. Nothing is verified here. So a damaged
 * frame may cause a good one to be dropped, which is as if the network had lost it.
 */
import { readInt32, readUint16 } from './big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'

/** IPv4 header, TCP header, two NOPs and the timestamps. */
const plainBytes = 20 + 20 + 12
/** Two NOPs and the head of the SACK option, which blocks of two edges follow. */
const sackHeadBytes = 4
const blockBytes = 8

/** Offsets from the start of the IPv4 header. */
const Ip = { versionAndTos: 0, length: 2, fragment: 6, protocol: 9, source: 12, destination: 16 } as const
const Tcp = {
  ports: 20,
  sequence: 24,
  acknowledgment: 28,
  offsetAndFlags: 32,
  options: 40,
  timestamp: 44,
  sack: 52,
  blocks: 56,
} as const

/** Flag ACK alone, as bits beside the header's length. */
const ackAlone = 0x010
/** Version 4, header of 5 words. */
const version4 = 0x45
/** NOP, NOP, timestamps of 10 bytes (RFC 7323). */
const timestampsAhead = 0x0101080a
/** NOP, NOP, SACK blocks; their length comes in the last byte. */
const sackAhead = 0x01010500
const tcpProtocol = 6
/** Everything but "don't fragment". */
const fragmentMask = 0xbfff

/** The frames are so many bytes long, without any virtio header; `at` are byte offsets of their Ethernet headers. */
export function supersedesAck(
  bytes: Uint8Array,
  olderAt: number,
  olderBytes: number,
  newerAt: number,
  newerBytes: number,
): boolean {
  const newerBlocks = blockCount(bytes, newerAt, newerBytes)
  if (newerBlocks < 0) return false
  const olderBlocks = blockCount(bytes, olderAt, olderBytes)
  if (olderBlocks < 0) return false
  const older = olderAt + ethernetHeaderBytes
  const newer = newerAt + ethernetHeaderBytes
  const acknowledged = advance(bytes, older, newer, Tcp.acknowledgment)
  return (
    isSame(bytes, older, newer, Tcp.ports) &&
    isSame(bytes, older, newer, Tcp.sequence) &&
    isSame(bytes, older, newer, Ip.source) &&
    isSame(bytes, older, newer, Ip.destination) &&
    bytes[older + Ip.versionAndTos + 1] === bytes[newer + Ip.versionAndTos + 1] &&
    advance(bytes, older, newer, Tcp.timestamp) >= 0 &&
    (acknowledged > 0 || (acknowledged === 0 && newerBlocks > 0)) &&
    !reportsDuplicate(bytes, older, olderBlocks) &&
    areCovered(bytes, older, olderBlocks, newer, newerBlocks)
  )
}

/** SACK blocks of a bare acknowledgment; -1 if the frame is anything else. */
function blockCount(bytes: Uint8Array, frameAt: number, frameBytes: number): number {
  const at = frameAt + ethernetHeaderBytes
  const packetBytes = frameBytes - ethernetHeaderBytes
  const sackBytes = packetBytes - plainBytes
  const headerWords = (packetBytes - 20) >> 2
  const isBare =
    sackBytes >= 0 &&
    readUint16(bytes, at + Tcp.offsetAndFlags) === ((headerWords << 12) | ackAlone) &&
    readInt32(bytes, at + Tcp.options) === timestampsAhead &&
    readUint16(bytes, at + Ip.length) === packetBytes &&
    (readUint16(bytes, at + Ip.fragment) & fragmentMask) === 0 &&
    bytes[at + Ip.protocol] === tcpProtocol &&
    bytes[at + Ip.versionAndTos] === version4 &&
    etherTypeOf(bytes, frameAt) === EtherType.ipv4
  if (!isBare) return -1
  if (sackBytes === 0) return 0
  const blocksBytes = sackBytes - sackHeadBytes
  const isSack = blocksBytes > 0 && blocksBytes % blockBytes === 0
  return isSack && readInt32(bytes, at + Tcp.sack) === sackAhead + 2 + blocksBytes
    ? blocksBytes / blockBytes
    : -1
}

/**
 * Whether the first block is a D-SACK: it is acknowledged already, or lies within the second (RFC 2883
 * section 4).
 */
function reportsDuplicate(bytes: Uint8Array, at: number, count: number): boolean {
  if (count === 0) return false
  const start = readInt32(bytes, at + Tcp.blocks)
  if (((start - readInt32(bytes, at + Tcp.acknowledgment)) | 0) <= 0) return true
  return count > 1 && holds(bytes, at + Tcp.blocks + blockBytes, start, readInt32(bytes, at + Tcp.blocks + 4))
}

/** Whether every block of the older one is acknowledged by the newer one, or within one of its blocks. */
function areCovered(
  bytes: Uint8Array,
  older: number,
  olderCount: number,
  newer: number,
  newerCount: number,
): boolean {
  const acknowledgment = readInt32(bytes, newer + Tcp.acknowledgment)
  for (let k = 0; k < olderCount; k++) {
    const block = older + Tcp.blocks + k * blockBytes
    const start = readInt32(bytes, block)
    const end = readInt32(bytes, block + 4)
    if (((acknowledgment - end) | 0) < 0 && !isInOne(bytes, newer, newerCount, start, end)) return false
  }
  return true
}

function isInOne(bytes: Uint8Array, at: number, count: number, start: number, end: number): boolean {
  for (let k = 0; k < count; k++) {
    if (holds(bytes, at + Tcp.blocks + k * blockBytes, start, end)) return true
  }
  return false
}

/** Whether the SACK block at byte offset `block` holds the sequence numbers from `start` to `end`. */
function holds(bytes: Uint8Array, block: number, start: number, end: number): boolean {
  return ((start - readInt32(bytes, block)) | 0) >= 0 && ((readInt32(bytes, block + 4) - end) | 0) >= 0
}

function isSame(bytes: Uint8Array, older: number, newer: number, offset: number): boolean {
  return readInt32(bytes, older + offset) === readInt32(bytes, newer + offset)
}

function advance(bytes: Uint8Array, older: number, newer: number, offset: number): number {
  return (readInt32(bytes, newer + offset) - readInt32(bytes, older + offset)) | 0
}
