/**
 * The messages of composite protocols (`protocol/ctp`), in IP packets of protocol 253, which is for experiments (RFC 3692,
 * RFC 4727). A header has only what the sender's microprotocols need. Any thread; pure.
 *
 *   0  source port │ 2  destination port │ 4  checksum │ 6  kind │ 7  microprotocols
 *   data:            8  number, if numbering is among the microprotocols; then the payload
 *   acknowledgment:  8  next │ 12  edge │ 16  held, 16 bytes; no payload
 *
 * The checksum is that of TCP (RFC 9293 section 3.1), over pseudo header, header and payload.
 */
import { ipv4At } from './address.ts'
import { readInt32, readUint16, writeInt32, writeUint16 } from './big-endian.ts'
import { checksumOf, sumBytes, sumHeader, sumHolds, sumPseudoHeader } from './checksum.ts'
import { CtpWord, Format, HeaderWord, heldWords, Verdict } from './header.ts'
import { IpProtocol } from './ipv4.ts'

export const CtpKind = { data: 1, acknowledgment: 2 } as const

/** Bits of the field `microprotocols`; a bit that is none of these is no valid message's. */
export const MicroprotocolBit = { numbering: 1, ordering: 2, reliability: 4, congestion: 8 } as const
const knownBits = 15

export const ctpBaseBytes = 8
const numberBytes = 4
export const ctpAcknowledgmentBytes = ctpBaseBytes + 8 + 4 * heldWords
/** Of a message with payload, at most. */
export const ctpHeaderLimit = ctpBaseBytes + numberBytes

const CtpOffset = {
  sourcePort: 0,
  destinationPort: 2,
  checksum: 4,
  kind: 6,
  microprotocols: 7,
  number: 8,
  next: 8,
  edge: 12,
  held: 16,
} as const

/** Bytes of the header of a message with these `microprotocols`. */
export function ctpHeaderBytes(kind: number, microprotocols: number): number {
  if (kind === CtpKind.acknowledgment) return ctpAcknowledgmentBytes
  return (microprotocols & MicroprotocolBit.numbering) === 0 ? ctpBaseBytes : ctpHeaderLimit
}

/** Whether the message of `length` bytes at `at` adds up. */
export function ctpChecksumHolds(
  bytes: Uint8Array,
  words: Int32Array,
  at: number,
  length: number,
  source: number,
  destination: number,
): boolean {
  const pseudo = sumPseudoHeader(source, destination, IpProtocol.ctp, length)
  return sumHolds(pseudo + sumBytes(bytes, words, at, length))
}

/** Decodes the message of `length` bytes at `at`; IP addresses are in the head already. */
export function decodeCtp(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
  frameAt: number,
  trustChecksums: boolean,
): number {
  if (length < ctpBaseBytes) return Verdict.malformed
  const kind = bytes[at + CtpOffset.kind] as number
  const microprotocols = bytes[at + CtpOffset.microprotocols] as number
  if (!isKnown(kind, microprotocols, length)) return Verdict.malformed
  const source = ipv4At(words, headAt + HeaderWord.ipSource)
  const destination = ipv4At(words, headAt + HeaderWord.ipDestination)
  if (!trustChecksums && !ctpChecksumHolds(bytes, words, at, length, source, destination)) {
    return Verdict.badChecksum
  }
  const headerBytes = ctpHeaderBytes(kind, microprotocols)
  words[headAt + HeaderWord.format] = Format.ctp
  words[headAt + HeaderWord.payloadOffset] = at + headerBytes - frameAt
  words[headAt + HeaderWord.payloadLength] = length - headerBytes
  words[headAt + HeaderWord.sourcePort] = readUint16(bytes, at + CtpOffset.sourcePort)
  words[headAt + HeaderWord.destinationPort] = readUint16(bytes, at + CtpOffset.destinationPort)
  words[headAt + HeaderWord.ctpKind] = kind
  words[headAt + HeaderWord.microprotocols] = microprotocols
  if (kind === CtpKind.acknowledgment) readAcknowledgment(bytes, at, words, headAt)
  else {
    const isNumbered = (microprotocols & MicroprotocolBit.numbering) !== 0
    words[headAt + HeaderWord.number] = isNumbered ? readInt32(bytes, at + CtpOffset.number) : 0
  }
  return Verdict.accepted
}

/** Whether there is such a kind of message, and `length` bytes are enough for its header: all of it, if it acknowledges. */
function isKnown(kind: number, microprotocols: number, length: number): boolean {
  if ((microprotocols & ~knownBits) !== 0) return false
  if (kind === CtpKind.data) return length >= ctpHeaderBytes(kind, microprotocols)
  if (kind !== CtpKind.acknowledgment || length !== ctpAcknowledgmentBytes) return false
  return (microprotocols & MicroprotocolBit.reliability) !== 0
}

function readAcknowledgment(bytes: Uint8Array, at: number, words: Int32Array, headAt: number): void {
  words[headAt + HeaderWord.next] = readInt32(bytes, at + CtpOffset.next)
  words[headAt + HeaderWord.edge] = readInt32(bytes, at + CtpOffset.edge)
  for (let k = 0; k < heldWords; k += 1) {
    words[headAt + HeaderWord.held + k] = readInt32(bytes, at + CtpOffset.held + 4 * k)
  }
}

/**
 * Writes the header that `record[at …]` describes, by the words of `CtpWord`, with a checksum of 0; returns its bytes.
 * `writeCtpChecksum` completes it.
 */
export function writeCtp(bytes: Uint8Array, at: number, record: Int32Array, recordAt: number): number {
  const kind = record[recordAt + CtpWord.ctpKind] as number
  const microprotocols = record[recordAt + CtpWord.microprotocols] as number
  writeUint16(bytes, at + CtpOffset.sourcePort, record[recordAt + CtpWord.sourcePort] as number)
  writeUint16(bytes, at + CtpOffset.destinationPort, record[recordAt + CtpWord.destinationPort] as number)
  writeUint16(bytes, at + CtpOffset.checksum, 0)
  bytes[at + CtpOffset.kind] = kind
  bytes[at + CtpOffset.microprotocols] = microprotocols
  const headerBytes = ctpHeaderBytes(kind, microprotocols)
  if (kind === CtpKind.acknowledgment) {
    writeInt32(bytes, at + CtpOffset.next, record[recordAt + CtpWord.next] as number)
    writeInt32(bytes, at + CtpOffset.edge, record[recordAt + CtpWord.edge] as number)
    for (let k = 0; k < heldWords; k += 1) {
      writeInt32(bytes, at + CtpOffset.held + 4 * k, record[recordAt + CtpWord.held + k] as number)
    }
  } else if (headerBytes > ctpBaseBytes) {
    writeInt32(bytes, at + CtpOffset.number, record[recordAt + CtpWord.number] as number)
  }
  return headerBytes
}

/** Completes the header of `headerBytes` at `at`, given the sum of the payload, which follows it. */
export function writeCtpChecksum(
  bytes: Uint8Array,
  at: number,
  headerBytes: number,
  source: number,
  destination: number,
  payloadLength: number,
  payloadSum: number,
): void {
  const pseudo = sumPseudoHeader(source, destination, IpProtocol.ctp, headerBytes + payloadLength)
  const sum = pseudo + sumHeader(bytes, at, headerBytes) + payloadSum
  writeUint16(bytes, at + CtpOffset.checksum, checksumOf(sum))
}
