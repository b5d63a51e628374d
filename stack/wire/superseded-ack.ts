/**
 * Whether a frame makes the one before it needless: both are bare acknowledgments of one connection, and the second
 * acknowledges more. TCP acknowledges cumulatively (RFC 9293 section 3.4), so dropping the first is as if the network had
 * lost it; Linux does the same with what waits for a busy socket. Any thread; touches nothing but the two frames.
 *
 * Only the form in which nothing else is said qualifies: IPv4 without options or fragments, no flag but ACK, no payload,
 * timestamps and no other option (so no SACK blocks). Nothing is verified here: on the word of a frame that is damaged, a
 * good one is lost, as happens.
 */
import { readInt32, readUint16 } from './big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'

/** IPv4 header, TCP header, two NOPs and the timestamps. */
const packetBytes = 20 + 20 + 12

const Ip = { versionAndTos: 0, length: 2, fragment: 6, protocol: 9, source: 12, destination: 16 } as const
const Tcp = {
  ports: 20,
  sequence: 24,
  acknowledgment: 28,
  offsetAndFlags: 32,
  options: 40,
  timestamp: 44,
} as const

/** Offset 8 words, flag ACK alone; version 4, header of 5 words; NOP, NOP, timestamps of 10 bytes (RFC 7323). */
const ackAlone = 0x8010
const version4 = 0x45
const timestampsAlone = 0x0101080a
const tcpProtocol = 6
/** Everything but "don't fragment". */
const fragmentMask = 0xbfff

/** Both frames are `length` bytes long, without any virtio header; `at` are byte offsets of their Ethernet headers. */
export function supersedesAck(bytes: Uint8Array, olderAt: number, newerAt: number, length: number): boolean {
  if (length !== ethernetHeaderBytes + packetBytes) return false
  const older = olderAt + ethernetHeaderBytes
  const newer = newerAt + ethernetHeaderBytes
  return (
    isBareAck(bytes, newerAt) &&
    isBareAck(bytes, olderAt) &&
    isSame(bytes, older, newer, Tcp.ports) &&
    isSame(bytes, older, newer, Tcp.sequence) &&
    isSame(bytes, older, newer, Ip.source) &&
    isSame(bytes, older, newer, Ip.destination) &&
    bytes[older + Ip.versionAndTos + 1] === bytes[newer + Ip.versionAndTos + 1] &&
    advance(bytes, older, newer, Tcp.acknowledgment) > 0 &&
    advance(bytes, older, newer, Tcp.timestamp) >= 0
  )
}

function isBareAck(bytes: Uint8Array, frameAt: number): boolean {
  const at = frameAt + ethernetHeaderBytes
  return (
    readUint16(bytes, at + Tcp.offsetAndFlags) === ackAlone &&
    readInt32(bytes, at + Tcp.options) === timestampsAlone &&
    readUint16(bytes, at + Ip.length) === packetBytes &&
    (readUint16(bytes, at + Ip.fragment) & fragmentMask) === 0 &&
    bytes[at + Ip.protocol] === tcpProtocol &&
    bytes[at + Ip.versionAndTos] === version4 &&
    etherTypeOf(bytes, frameAt) === EtherType.ipv4
  )
}

function isSame(bytes: Uint8Array, older: number, newer: number, offset: number): boolean {
  return readInt32(bytes, older + offset) === readInt32(bytes, newer + offset)
}

function advance(bytes: Uint8Array, older: number, newer: number, offset: number): number {
  return (readInt32(bytes, newer + offset) - readInt32(bytes, older + offset)) | 0
}
