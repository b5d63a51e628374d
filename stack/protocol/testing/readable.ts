/** Actions as plain objects, for tests and for people. Allocates freely; nothing on a hot path may use it. */

import { type ActionQueue, ActionWord, actionWords } from '../../dominoes/contract/action-queue.ts'
import { ipv4At } from '../../wire/address.ts'
import { CtpKind } from '../../wire/ctp.ts'
import { heldWords, OptionBit, TcpFlag } from '../../wire/header.ts'
import {
  Action,
  ArpWord,
  DatagramDeliveryWord,
  DatagramWord,
  IcmpWord,
  isDatagramUpcall,
  MessageWord,
  SegmentWord,
  Upcall,
  UpcallWord,
} from '../actions.ts'

export interface SentSegment {
  readonly action: 'segment'
  readonly number: number
  readonly flags: string
  readonly sequence: number
  readonly acknowledgment: number
  readonly window: number
  readonly sourcePort: number
  readonly destinationPort: number
  readonly ipDestination: number
  readonly etherDestination: readonly [number, number]
  readonly payloadLength: number
  /** Of a super-frame: payload of each segment but the last; else 0. */
  readonly cutBytes: number
  readonly position: bigint
  readonly maximumSegment: number | undefined
  readonly windowScale: number | undefined
  readonly sackPermitted: boolean
  readonly timestamps: readonly [value: number, echo: number] | undefined
  readonly sack: readonly (readonly [number, number])[]
  /** The raw record. */
  readonly words: Int32Array
}

export interface PostedUpcall {
  readonly action: 'upcall' | 'deliver'
  readonly number: number
  readonly upcall: string
  readonly upcallNumber: number
  readonly connection: number
  /** The fields that the upcall has, in the order in which `Upcall` names them. */
  readonly first: number
  readonly second: number
  readonly third: number
  /** Of a delivery: where its bytes are in the frame and in the stream. */
  readonly payloadOffset: number
  readonly payloadLength: number
  readonly position: bigint
  /** The raw record. */
  readonly words: Int32Array
}

export interface SentArp {
  readonly action: 'arp'
  readonly number: number
  readonly operation: number
  readonly etherDestination: readonly [number, number]
  readonly targetAddress: number
  readonly senderAddress: number
}

export interface SentIcmp {
  readonly action: 'echo reply' | 'icmp error'
  readonly number: number
  readonly type: number
  readonly code: number
  readonly identifier: number
  readonly sequence: number
  readonly ipDestination: number
}

export interface SentDatagram {
  readonly action: 'datagram'
  readonly number: number
  readonly etherDestination: readonly [number, number]
  readonly ipDestination: number
  readonly sourcePort: number
  readonly destinationPort: number
  readonly position: number
  readonly payloadLength: number
}

/** A composite protocol's message. */
export interface SentMessage {
  readonly action: 'message' | 'acknowledgment'
  readonly number: number
  readonly position: number
  readonly payloadLength: number
  readonly messageNumber: number
  readonly microprotocols: number
  /** Of an acknowledgment. */
  readonly next: number
  readonly edge: number
  /** Numbers of the messages beyond `next` that arrived. */
  readonly held: readonly number[]
  /** The raw record. */
  readonly words: Int32Array
}

/** An upcall about a UDP socket; a delivery says where its bytes are in the frame. */
export interface DatagramUpcall {
  readonly action: 'datagram upcall' | 'datagram delivery'
  readonly number: number
  readonly upcall: string
  readonly socket: number
  readonly cookie: number
  readonly error: number
  readonly position: number
  readonly length: number
  readonly localPort: number
  readonly remoteAddress: number
  readonly remotePort: number
  readonly payloadOffset: number
  /** The raw record. */
  readonly words: Int32Array
}

export type ReadableAction =
  | SentSegment
  | PostedUpcall
  | SentArp
  | SentIcmp
  | SentDatagram
  | SentMessage
  | DatagramUpcall

const upcallNames = Object.fromEntries(Object.entries(Upcall).map(([name, kind]) => [kind, name]))

/** Everything in the queue, in order. */
export function readActions(queue: ActionQueue): ReadableAction[] {
  const list: ReadableAction[] = []
  for (let index = 0; index < queue.count; index += 1) {
    list.push(readAction(queue.words.slice(index * actionWords, (index + 1) * actionWords)))
  }
  return list
}

/** Flags in their usual order: "SYN ACK", "PSH ACK", "FIN ACK". */
export function flagNames(flags: number): string {
  const names: string[] = []
  if ((flags & TcpFlag.syn) !== 0) names.push('SYN')
  if ((flags & TcpFlag.fin) !== 0) names.push('FIN')
  if ((flags & TcpFlag.rst) !== 0) names.push('RST')
  if ((flags & TcpFlag.psh) !== 0) names.push('PSH')
  if ((flags & TcpFlag.ack) !== 0) names.push('ACK')
  return names.join(' ')
}

function readAction(words: Int32Array): ReadableAction {
  const word = (index: number): number => words[index] as number
  const kind = word(ActionWord.kind)
  const number = word(ActionWord.number)
  if (kind === Action.sendSegment) return readSegment(words, number)
  if (kind === Action.sendArp) {
    return {
      action: 'arp',
      number,
      operation: word(ArpWord.operation),
      etherDestination: [word(ArpWord.etherDestinationHigh), word(ArpWord.etherDestinationLow)],
      targetAddress: ipv4At(words, ArpWord.targetAddress),
      senderAddress: ipv4At(words, ArpWord.senderAddress),
    }
  }
  if (kind === Action.sendDatagram) return readDatagram(words, number)
  if (kind === Action.sendMessage) return readMessage(words, number)
  if (
    kind === Action.deliverDatagram ||
    kind === Action.deliverMessage ||
    (kind === Action.upcall && isDatagramUpcall(word(UpcallWord.upcall)))
  ) {
    return readDatagramUpcall(words, number)
  }
  if (kind === Action.deliver || kind === Action.upcall) {
    const isDelivery = kind === Action.deliver
    return {
      action: isDelivery ? 'deliver' : 'upcall',
      number,
      upcall: upcallNames[word(UpcallWord.upcall)] ?? 'unknown',
      upcallNumber: word(UpcallWord.upcallNumber),
      connection: word(UpcallWord.connection),
      ...readFields(words),
      payloadOffset: isDelivery ? word(UpcallWord.payloadOffset) : 0,
      payloadLength: isDelivery ? word(UpcallWord.payloadLength) : 0,
      position: isDelivery ? wide(word(UpcallWord.positionLow), word(UpcallWord.positionHigh)) : 0n,
      words,
    }
  }
  return {
    action: kind === Action.sendEchoReply ? 'echo reply' : 'icmp error',
    number,
    type: word(IcmpWord.type),
    code: word(IcmpWord.code),
    identifier: word(IcmpWord.identifier),
    sequence: word(IcmpWord.sequence),
    ipDestination: ipv4At(words, IcmpWord.ipDestination),
  }
}

function readSegment(words: Int32Array, number: number): SentSegment {
  const word = (index: number): number => words[index] as number
  const options = word(SegmentWord.options)
  const sack: [number, number][] = []
  for (let index = 0; index < word(SegmentWord.sackCount); index += 1) {
    sack.push([word(SegmentWord.sackBlocks + 2 * index), word(SegmentWord.sackBlocks + 2 * index + 1)])
  }
  const hasTimestamps = (options & OptionBit.timestamps) !== 0
  return {
    action: 'segment',
    number,
    flags: flagNames(word(SegmentWord.flags)),
    sequence: word(SegmentWord.sequence),
    acknowledgment: word(SegmentWord.acknowledgment),
    window: word(SegmentWord.window),
    sourcePort: word(SegmentWord.sourcePort),
    destinationPort: word(SegmentWord.destinationPort),
    ipDestination: ipv4At(words, SegmentWord.ipDestination),
    etherDestination: [word(SegmentWord.etherDestinationHigh), word(SegmentWord.etherDestinationLow)],
    payloadLength: word(SegmentWord.payloadLength),
    cutBytes: word(SegmentWord.cutBytes),
    position: wide(word(SegmentWord.positionLow), word(SegmentWord.positionHigh)),
    maximumSegment: options & OptionBit.maximumSegment ? word(SegmentWord.maximumSegment) : undefined,
    windowScale: options & OptionBit.windowScale ? word(SegmentWord.windowScale) : undefined,
    sackPermitted: (options & OptionBit.sackPermitted) !== 0,
    timestamps: hasTimestamps
      ? [word(SegmentWord.timestampValue), word(SegmentWord.timestampEcho)]
      : undefined,
    sack,
    words,
  }
}

function readDatagram(words: Int32Array, number: number): SentDatagram {
  const word = (index: number): number => words[index] as number
  return {
    action: 'datagram',
    number,
    etherDestination: [word(DatagramWord.etherDestinationHigh), word(DatagramWord.etherDestinationLow)],
    ipDestination: ipv4At(words, DatagramWord.ipDestination),
    sourcePort: word(DatagramWord.sourcePort),
    destinationPort: word(DatagramWord.destinationPort),
    position: word(DatagramWord.position),
    payloadLength: word(DatagramWord.payloadLength),
  }
}

function readMessage(words: Int32Array, number: number): SentMessage {
  const word = (index: number): number => words[index] as number
  const isData = word(MessageWord.ctpKind) === CtpKind.data
  const next = word(MessageWord.next)
  const bits = Array.from({ length: 32 * heldWords }, (_, bit) => bit)
  const isHeld = (bit: number): boolean => ((word(MessageWord.held + (bit >> 5)) >>> (bit & 31)) & 1) === 1
  return {
    action: isData ? 'message' : 'acknowledgment',
    number,
    position: word(MessageWord.position),
    payloadLength: word(MessageWord.payloadLength),
    messageNumber: word(MessageWord.number),
    microprotocols: word(MessageWord.microprotocols),
    next,
    edge: word(MessageWord.edge),
    held: isData ? [] : bits.filter(isHeld).map((bit) => next + 1 + bit),
    words,
  }
}

/** Fields that the upcall does not have are 0. */
function readDatagramUpcall(words: Int32Array, number: number): DatagramUpcall {
  const kind = words[UpcallWord.upcall] as number
  const has = (...kinds: number[]): boolean => kinds.includes(kind)
  const word = (index: number, isThere: boolean): number => (isThere ? (words[index] as number) : 0)
  const hasPeer = has(Upcall.datagram, Upcall.datagramRefused)
  return {
    action: words[ActionWord.kind] !== Action.upcall ? 'datagram delivery' : 'datagram upcall',
    number,
    upcall: upcallNames[kind] ?? 'unknown',
    socket: words[UpcallWord.connection] as number,
    cookie: word(UpcallWord.cookie, has(Upcall.datagramBound)),
    error: word(UpcallWord.error, has(Upcall.datagramBound, Upcall.datagramRefused)),
    position: word(UpcallWord.position, has(Upcall.datagram, Upcall.messageHeld, Upcall.datagramsSent)),
    length: word(UpcallWord.length, has(Upcall.datagram, Upcall.messageHeld)),
    localPort: word(UpcallWord.localPort, has(Upcall.datagramBound)),
    remoteAddress: hasPeer ? ipv4At(words, UpcallWord.remoteAddress) : 0,
    remotePort: word(UpcallWord.remotePort, hasPeer),
    payloadOffset: word(DatagramDeliveryWord.payloadOffset, has(Upcall.datagram)),
    words,
  }
}

function readFields(words: Int32Array): Pick<PostedUpcall, 'first' | 'second' | 'third'> {
  const word = (index: number): number => words[index] as number
  switch (word(UpcallWord.upcall)) {
    case Upcall.listening:
    case Upcall.connectFailed:
      return { first: word(UpcallWord.cookie), second: word(UpcallWord.error), third: 0 }
    case Upcall.accepted:
      return {
        first: word(UpcallWord.localPort),
        second: ipv4At(words, UpcallWord.remoteAddress),
        third: word(UpcallWord.remotePort),
      }
    case Upcall.connected:
      return { first: word(UpcallWord.cookie), second: 0, third: 0 }
    case Upcall.closed:
      return { first: word(UpcallWord.error), second: 0, third: 0 }
    case Upcall.drained:
      return { first: 0, second: 0, third: 0 }
    default:
      return { first: word(UpcallWord.position), second: 0, third: 0 }
  }
}

function wide(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}
