/**
 * What decoding a frame leaves behind: words in the head of its slot (64 words, see `dominoes/contract/slot.ts`).
 * Everything past this gate is valid: lengths lie inside the frame, checksums were right or trusted.
 * Multi-byte values are in host order; IP addresses are four words (see `address.ts`).
 */
import { addressField, addressFieldsOf, constants, defineRecord } from './record.ts'

/** Which words of the head are filled. */
export const Format = { none: 0, arp: 1, icmpEcho: 2, icmpError: 3, udp: 4, tcp: 5, ctp: 6 } as const

/** Of every frame. */
const packetRecord = defineRecord({
  format: 'Format',
  etherSourceHigh: "source hardware address, of an ARP packet the sender's inside it: its first two bytes",
  etherSourceLow: 'its last four bytes',
  etherDestinationHigh: 'destination hardware address of the frame: its first two bytes',
  etherDestinationLow: 'its last four bytes',
  ipSource: addressField('source; sender protocol address of an ARP packet'),
  ipDestination: addressField('destination; target protocol address of an ARP packet'),
  timeToLive: 'hops left',
  ecn: 'the two ECN bits of the IP header (RFC 3168)',
  payloadOffset: 'transport payload, in bytes from the start of the frame',
  payloadLength: 'its bytes',
  isFollowed: 'not of the frame: 1 if who read it has read the next segment of its connection, too',
})

const portFields = {
  sourcePort: '0 … 65535',
  destinationPort: '0 … 65535',
} as const

/** A TCP segment (RFC 9293, 7323, 2018). Any record with these fields in this order can be written as a header (`writeTcp`). */
export const tcpFields = {
  ...portFields,
  sequence: 'SEG.SEQ',
  acknowledgment: 'SEG.ACK',
  flags: 'TcpFlag bits',
  window: 'SEG.WND as on the wire, unscaled',
  options: 'OptionBit bits: which options are present',
  maximumSegment: 'bytes',
  windowScale: 'bits to shift, 0 … 14',
  timestampValue: 'TSval',
  timestampEcho: 'TSecr',
  sackCount: 'SACK blocks, 0 … 4',
  sackBlocks: ['pairs of left and right edge', 8],
} as const

/** A UDP datagram (RFC 768). */
export const udpFields = portFields

/** Words of `held`: a bit for each message of the largest window. */
export const heldWords = 4

/** A message of a composite protocol (`ctp.ts`). Any record with these fields in this order can be written as a header. */
export const ctpFields = {
  ...portFields,
  ctpKind: 'CtpKind',
  microprotocols: "MicroprotocolBit bits: the sender's",
  number: 'data: which message of its sender this is; 0 if they are not numbered',
  next: 'acknowledgment: all messages below this number arrived',
  edge: 'acknowledgment: messages from this number on find no room',
  held: ['acknowledgment: bit k is 1 if message next + 1 + k arrived', heldWords],
} as const

const arpFields = { arpOperation: 'ArpOperation' } as const

/** ICMP (RFC 792): of an echo the payload is what follows identifier and sequence; an error quotes a packet of ours. */
const icmpFields = {
  icmpType: '0 … 255',
  icmpCode: '0 … 255',
  icmpIdentifier: '0 … 65535',
  icmpSequence: '0 … 65535',
  quotedProtocol: 'IpProtocol',
  quotedSource: addressField('source of the quoted packet'),
  quotedDestination: addressField('its destination'),
  quotedSourcePort: '0 … 65535',
  quotedDestinationPort: '0 … 65535',
  quotedSequence: 'SEG.SEQ of a segment; a datagram has its length and checksum there',
  nextHopMtu: 'bytes (RFC 1191), 0 if the router named none',
} as const

const tcpRecord = defineRecord(tcpFields, packetRecord.words)
const ctpRecord = defineRecord(ctpFields, packetRecord.words)
const arpRecord = defineRecord(arpFields, packetRecord.words)
const icmpRecord = defineRecord(icmpFields, packetRecord.words)

/** Word offsets in the head: those of every frame, and, at the same places, those of each format. */
export const HeaderWord = constants({
  ...packetRecord.offsets,
  ...tcpRecord.offsets,
  ...ctpRecord.offsets,
  ...arpRecord.offsets,
  ...icmpRecord.offsets,
})

/** Fields of the head that are IP addresses. */
export const headerAddresses: ReadonlySet<string> = new Set(
  [packetRecord, icmpRecord].flatMap(({ fields }) => addressFieldsOf(fields)),
)

/** Words of the head that decoding may fill. */
export const headerWords = Math.max(tcpRecord.words, ctpRecord.words, arpRecord.words, icmpRecord.words)

/** A TCP segment's fields by themselves, which the head holds from `HeaderWord.sourcePort`. */
export const TcpWord = defineRecord(tcpFields).offsets

/** Likewise those of a composite protocol's message. */
export const CtpWord = defineRecord(ctpFields).offsets

export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const

export const OptionBit = { maximumSegment: 1, windowScale: 2, sackPermitted: 4, timestamps: 8 } as const

/** What `decodeFrame` returns: a check's verdict. Positive: apply it. Negative: count it and drop it. */
export const Verdict = {
  accepted: 1,
  /** A length, version or field that no valid frame has. */
  malformed: -1,
  badChecksum: -2,
  /** Another ethertype, protocol, fragment or address: valid, and not ours. */
  notForUs: -3,
} as const
