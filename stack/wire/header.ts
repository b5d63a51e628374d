/**
 * What decoding a frame leaves behind: words in the head of its slot (64 words, see `dominoes/contract/slot.ts`).
 * Everything past this gate is valid: lengths lie inside the frame, checksums were right or trusted.
 * Multi-byte values are in host order; addresses are 32-bit integers (10.0.0.1 is 0x0a000001 | 0).
 */

/** Which words of the head are filled. */
export const Format = { none: 0, arp: 1, icmpEcho: 2, icmpError: 3, udp: 4, tcp: 5 } as const

export const HeaderWord = {
  format: 0,
  /** Source hardware address, of an ARP packet the sender's inside it: its first two bytes, then its last four. */
  etherSourceHigh: 1,
  etherSourceLow: 2,
  /** IPv4 source and destination; sender and target protocol address of an ARP packet. */
  ipSource: 3,
  ipDestination: 4,
  timeToLive: 5,
  /** The two ECN bits of the IP header (RFC 3168). */
  ecn: 6,
  /** Transport payload, in bytes from the start of the frame, and its length. */
  payloadOffset: 7,
  payloadLength: 8,

  // TCP and UDP
  sourcePort: 9,
  destinationPort: 10,
  // TCP (RFC 9293, 7323, 2018)
  sequence: 11,
  acknowledgment: 12,
  flags: 13,
  /** As on the wire, unscaled. */
  window: 14,
  /** Which options were present: bits of `OptionBit`. */
  options: 15,
  maximumSegment: 16,
  windowScale: 17,
  timestampValue: 18,
  timestampEcho: 19,
  sackCount: 20,
  /** Up to four pairs of left and right edge. */
  sackBlocks: 21,

  /** Destination hardware address of the frame: its first two bytes, then its last four. */
  etherDestinationHigh: 29,
  etherDestinationLow: 30,

  // ARP
  arpOperation: 9,

  // ICMP (RFC 792): echo request or reply; its payload is what follows identifier and sequence
  icmpType: 9,
  icmpCode: 10,
  icmpIdentifier: 11,
  icmpSequence: 12,
  /** ICMP error: the quoted packet's addresses, protocol, ports and TCP sequence; next-hop MTU (RFC 1191). */
  quotedProtocol: 13,
  quotedSource: 14,
  quotedDestination: 15,
  quotedSourcePort: 16,
  quotedDestinationPort: 17,
  quotedSequence: 18,
  nextHopMtu: 19,
} as const

/** Words of the head that decoding may fill. */
export const headerWords = 31

/**
 * A TCP segment's fields as a run of 20 words, which the head holds from `HeaderWord.sourcePort`. Any record
 * with these words in this order can be written as a header (`writeTcp`).
 */
export const TcpWord = {
  sourcePort: 0,
  destinationPort: 1,
  sequence: 2,
  acknowledgment: 3,
  flags: 4,
  window: 5,
  options: 6,
  maximumSegment: 7,
  windowScale: 8,
  timestampValue: 9,
  timestampEcho: 10,
  sackCount: 11,
  sackBlocks: 12,
} as const

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
