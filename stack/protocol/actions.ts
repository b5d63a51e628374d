/**
 * The actions that the protocol machine emits; words counted from the start of an action record (see
 * `dominoes/contract/action-queue.ts`; 0 is the kind and 1 the number). A record holds all that performing needs:
 * whoever performs it looks at no protocol state.
 */

export const Action = {
  /** Build and transmit a TCP segment; its payload is in the connection's send buffer. */
  sendSegment: 1,
  /** Transmit an ARP packet. */
  sendArp: 2,
  /** Answer the echo request in the current slot, whose ICMP payload is copied; or send one fragment of the answer. */
  sendEchoReply: 3,
  /** Transmit an ICMP error that quotes the packet in the current slot. */
  sendIcmpError: 4,
  /** Copy the current slot's payload to a connection's receive buffer, then post an upcall. */
  deliver: 5,
  /** Post an upcall. */
  upcall: 6,
} as const

/**
 * Word of every action that transmits a frame: frames are numbered in the order in which they are emitted, so that a
 * host can make them leave in that order.
 */
export const frameNumberWord = 30

export const SegmentWord = {
  etherDestinationHigh: 2,
  etherDestinationLow: 3,
  ipSource: 4,
  ipDestination: 5,
  sourcePort: 6,
  destinationPort: 7,
  sequence: 8,
  acknowledgment: 9,
  flags: 10,
  /** As it goes on the wire, already scaled down. */
  window: 11,
  /** OptionBit bits: which options to write. */
  options: 12,
  maximumSegment: 13,
  windowScale: 14,
  timestampValue: 15,
  timestampEcho: 16,
  sackCount: 17,
  /** Up to four pairs of edges. */
  sackBlocks: 18,
  /** Index of the connection, which names its buffers. */
  connection: 26,
  payloadLength: 27,
  /** Stream position of the first payload byte: low and high 32 bits. */
  positionLow: 28,
  positionHigh: 29,
} as const

export const ArpWord = {
  etherDestinationHigh: 2,
  etherDestinationLow: 3,
  operation: 4,
  senderAddress: 5,
  targetHardwareHigh: 6,
  targetHardwareLow: 7,
  targetAddress: 8,
} as const

/** Echo reply and error; the payload or the quoted packet is in the current slot. */
export const IcmpWord = {
  etherDestinationHigh: 2,
  etherDestinationLow: 3,
  ipSource: 4,
  ipDestination: 5,
  type: 6,
  code: 7,
  identifier: 8,
  sequence: 9,
  nextHopMtu: 10,
  // Echo reply only: which bytes of the message, ICMP header included, go into this packet, whether more follow in another,
  // and the identification that fragments of one message share
  offset: 11,
  length: 12,
  isFollowed: 13,
  identification: 14,
} as const

/** `deliver` and `upcall`. An upcall's number is its place in the one order in which the application sees them. */
export const UpcallWord = {
  upcallNumber: 2,
  upcallKind: 3,
  connection: 4,
  first: 5,
  second: 6,
  third: 7,
  // deliver only: where in the slot's frame the bytes are, how many, and the stream position of the first
  payloadOffset: 8,
  payloadLength: 9,
  positionLow: 10,
  positionHigh: 11,
  connectionIndex: 12,
} as const

export const Upcall = {
  /** first: cookie; second: 0 or an `UpcallError`. */
  listening: 1,
  /** connection; first: local port; second: remote address; third: remote port. */
  accepted: 2,
  /** connection; first: cookie. */
  connected: 3,
  /** first: cookie; second: an `UpcallError`. */
  connectFailed: 4,
  /** connection; first: bytes up to this stream position are in the receive buffer. */
  readable: 5,
  /** connection; first: bytes up to this position were acknowledged, and their room in the send buffer is free. */
  acknowledged: 6,
  /** connection; the peer sent FIN; first: the stream's length. */
  finished: 7,
  /** connection; nothing more comes; first: 0 after an orderly close, else an `UpcallError`. */
  closed: 8,
  /** connection; it is closed and released, and all that touches its buffers was emitted before: see `Request.free`. */
  drained: 9,
} as const

export const UpcallError = {
  none: 0,
  refused: 1,
  reset: 2,
  timedOut: 3,
  unreachable: 4,
  portInUse: 5,
  tooManyConnections: 6,
} as const
