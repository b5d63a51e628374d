/**
 * The actions that the protocol machine emits. Offsets are words of an action record, whose first fields are the
 * framework's (`dominoes/contract/action-queue.ts`). A record holds all that performing it needs: the performer reads
 * no protocol state.
 */
import { ActionWord } from '../dominoes/contract/action-queue.ts'
import { ctpFields, tcpFields, udpFields } from '../wire/header.ts'
import { addressField, defineRecord } from '../wire/record.ts'

export const Action = {
  /** Build and transmit a TCP segment; its payload is in the connection's send buffer. */
  sendSegment: 1,
  /** Transmit an ARP packet. */
  sendArp: 2,
  /**
   * Answer the echo request in the current slot with a copy of its ICMP payload, or send one fragment of that answer.
   */
  sendEchoReply: 3,
  /** Transmit an ICMP error that quotes the packet in the current slot. */
  sendIcmpError: 4,
  /** Build and transmit a UDP datagram; its payload is in the socket's send buffer. */
  sendDatagram: 5,
  /** Build and transmit a message of a composite protocol; its payload is in the socket's send buffer. */
  sendMessage: 6,

  /** Copy the current slot's payload to a connection's receive buffer, then post an upcall. */
  deliver: 16,
  /** Post an upcall. */
  upcall: 17,
  /** Copy the current slot's payload to a socket's receive buffer, then post an upcall. */
  deliverDatagram: 18,
  /** The same for a message of a composite protocol. */
  deliverMessage: 19,
} as const

/** Whether an action transmits a frame; else it posts an upcall. */
export function transmitsFrame(action: number): boolean {
  return action < Action.deliver
}

/** Fields of every action that transmits a frame. */
const frameFields = {
  frameNumber: 'frames are numbered as they are emitted, so that a host can make them leave in that order',
  etherDestinationHigh: 'hardware address, first two bytes',
  etherDestinationLow: 'last four bytes',
} as const

/** Fields of every action that transmits an IP packet. */
const packetFields = {
  ...frameFields,
  ipSource: addressField('our address'),
  ipDestination: addressField("the peer's"),
} as const

export const FrameWord = defineRecord(frameFields, ActionWord.fields).offsets

export const SegmentWord = defineRecord(
  {
    ...packetFields,
    ...tcpFields,
    connection: 'index of the connection, which names its buffers',
    payloadLength: 'bytes of payload from the send buffer',
    cutBytes: 'of a super-frame: bytes of payload of each of its segments but the last; else 0',
    positionLow: 'stream position of the first payload byte, low 32 bits',
    positionHigh: 'high 32 bits',
  },
  ActionWord.fields,
).offsets

export const DatagramWord = defineRecord(
  {
    ...packetFields,
    ...udpFields,
    socketIndex: 'index of the socket, which names its buffers',
    position: 'of the first payload byte in the send buffer',
    payloadLength: 'bytes of payload',
  },
  ActionWord.fields,
).offsets

export const MessageWord = defineRecord(
  {
    ...packetFields,
    ...ctpFields,
    socketIndex: 'index of the socket, which names its buffers',
    position: 'of the first payload byte in the send buffer',
    payloadLength: 'bytes of payload',
  },
  ActionWord.fields,
).offsets

export const ArpWord = defineRecord(
  {
    ...frameFields,
    operation: 'ArpOperation',
    senderAddress: addressField('our address'),
    targetHardwareHigh: 'hardware address asked for or answered, first two bytes',
    targetHardwareLow: 'last four bytes',
    targetAddress: addressField("the neighbor's"),
  },
  ActionWord.fields,
).offsets

/** Echo reply and error; the payload or the quoted packet is in the current slot. */
export const IcmpWord = defineRecord(
  {
    ...packetFields,
    type: '0 … 255',
    code: '0 … 255',
    identifier: '0 … 65535',
    sequence: '0 … 65535',
    nextHopMtu: 'bytes',
    offset: 'echo reply only: byte of the message, ICMP header included, with which this packet begins',
    length: 'bytes of the message in this packet',
    isFollowed: '1 if another packet has more of it',
    identification: 'that fragments of one message share',
  },
  ActionWord.fields,
).offsets

/** What the application is told; each `Upcall` says which of the fields it uses. */
const upcallFields = {
  upcall: 'Upcall',
  connection: 'id of the connection, or of the socket',
  cookie: "the application's, of listen or connect",
  error: 'UpcallError',
  position: "in the stream, or in the socket's buffer",
  length: 'bytes of a datagram',
  localPort: '0 … 65535',
  remoteAddress: addressField("the peer's"),
  remotePort: '0 … 65535',
} as const

/** An upcall as the application reads it: a record of the outbox. */
export const UpcallRecord = defineRecord({
  ...upcallFields,
  requestIndex: 'channel index of the request that caused it',
}).offsets

/** Words of an upcall that the protocol machine fills. An action holds the same words, from `UpcallWord.upcall` on. */
export const upcallWords = defineRecord(upcallFields).words

/** Fields of every action that posts an upcall. */
const postingFields = {
  upcallNumber: 'its place in the one order in which the application sees upcalls',
  ...upcallFields,
} as const

/** `deliver` and `upcall`. */
export const UpcallWord = defineRecord(
  {
    ...postingFields,
    payloadOffset: "deliver only: where in the slot's frame the bytes are",
    payloadLength: 'how many',
    positionLow: 'stream position of the first, low 32 bits',
    positionHigh: 'high 32 bits',
    connectionIndex: 'index of the connection, which names its buffers',
  },
  ActionWord.fields,
).offsets

export const DatagramDeliveryWord = defineRecord(
  {
    ...postingFields,
    payloadOffset: "where in the slot's frame the bytes are",
    socketIndex: 'index of the socket, which names its buffers',
  },
  ActionWord.fields,
).offsets

/**
 * A connection has at most one pending upcall of each kind. They are emitted in the order of these numbers; only
 * `readable` is emitted at once, with each delivery.
 */
export const Upcall = {
  /** cookie, error. */
  listening: 1,
  /** connection, localPort, remoteAddress, remotePort. */
  accepted: 2,
  /** connection, cookie. */
  connected: 3,
  /** cookie, error. */
  connectFailed: 4,
  /** connection, position: bytes up to it are in the receive buffer. */
  readable: 5,
  /** connection, position: bytes up to it were acknowledged, and their room in the send buffer is free. */
  acknowledged: 6,
  /** connection, position: the peer sent FIN, and this is the stream's length. */
  finished: 7,
  /** connection, error: nothing more comes; `none` after an orderly close. */
  closed: 8,
  /**
   * connection: closed and released. All actions that touch its buffers were emitted before this upcall: see
   * `Request.free`.
   */
  drained: 9,

  /** connection (the socket, also below; 0 if it failed), cookie, error, localPort. */
  datagramBound: 16,
  /** connection, position, length, remoteAddress, remotePort: a datagram is in the receive buffer. */
  datagram: 17,
  /** connection, position: the room in the send buffer up to it is free once every thread is done with this request. */
  datagramsSent: 18,
  /** connection, error, remoteAddress, remotePort: a router or the peer says that a datagram did not arrive. */
  datagramRefused: 19,
  /** connection: closed. All actions that touch its buffers were emitted before this upcall. */
  datagramDrained: 20,
  /** connection, position, length: a message is in the receive buffer whose turn has not come. Nobody needs to know. */
  messageHeld: 21,
} as const

export function isDatagramUpcall(upcall: number): boolean {
  return upcall >= Upcall.datagramBound
}

export const UpcallError = {
  none: 0,
  refused: 1,
  reset: 2,
  timedOut: 3,
  unreachable: 4,
  portInUse: 5,
  tooManyConnections: 6,
  /** A datagram that a router could not pass on whole. */
  tooLong: 7,
  /** Microprotocols that make no sense together. */
  noComposition: 8,
} as const
