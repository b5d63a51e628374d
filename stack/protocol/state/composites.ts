/**
 * The tables of composite protocols. A composite belongs to a socket, whose buffers it uses in equal pieces, one a message:
 *
 *   send buffer      message n of ours lies at position n × room
 *   receive buffer   with ordering, message n of the peer lies at position n × room; else where the one before it ends
 *
 * So numbers and positions say the same, a message never wraps, and the window is what a buffer has pieces.
 */
import { heldWords } from '../../wire/header.ts'
import { addressField, type Cursor, defineRecord } from '../../wire/record.ts'
import type { MachineConfig } from '../config.ts'
import { datagramBufferBytes } from './datagrams.ts'

const compositeLimit = 16

/** Composites at once. */
export function compositeCount({ datagramSocketCount }: MachineConfig): number {
  return Math.min(compositeLimit, datagramSocketCount)
}

/** As many as an acknowledgment has bits for, and the first. */
const largestWindow = 32 * heldWords
const leastRoomBytes = 2048

/** Bytes that a message takes in a buffer: a power of two that the longest packet fits. */
export function messageRoom({ mtuBytes }: Pick<MachineConfig, 'mtuBytes'>): number {
  let room = leastRoomBytes
  while (room < mtuBytes) room *= 2
  return room
}

/** Messages that a buffer holds, and so those that may be under way. */
export function messageWindow(config: MachineConfig): number {
  return Math.min(largestWindow, datagramBufferBytes(config) / messageRoom(config))
}

/** Numbers count messages from 0 in each direction, wrapping; `A … B` is from A to before B. */
export const compositeRecord = defineRecord({
  socket: 'index of its socket + 1; 0: the entry is free',
  microprotocols: 'MicroprotocolBit bits',
  nextHop: addressField('where its packets go first'),
  failure: 'UpcallError that the application is to be told; 0: none',
  isOver: '1 if reliability has given up: nothing is sent any more',

  // Sending
  sendOldest: 'oldest message whose room is not free yet',
  sendNext: 'next message that leaves for the first time',
  sendEnd: 'number after the last message that the application gave',
  inFlight: 'messages that left and are neither acknowledged nor lost',
  lost: 'messages that are lost and have not left again',

  // numbering
  receiveNext: 'all messages of the peer below this arrived, or are given up',
  receiveHigh: 'number after the highest that arrived',
  held: 'messages that arrived at receiveNext or above',

  // ordering
  tellNext: 'next message that the application is told of',
  holdTimer: '1 if the gap at receiveNext is given up at holdDeadline',
  holdDeadline: 'microseconds',

  // reliability
  sendEdge: 'the peer has room for messages below this',
  owed: 'messages that have to be acknowledged; more than the delay allows: at once',
  advertised: 'the edge that was acknowledged last',
  delayTimer: '1 if an acknowledgment is due at delayDeadline',
  delayDeadline: 'microseconds',
  lossTimer: '1 if messages may be found lost at lossDeadline',
  lossDeadline: 'microseconds',
  resendTimer: '1 if the retransmission timeout is at resendDeadline',
  resendDeadline: 'microseconds',
  latestSentAt: 'when the message left that left last of those acknowledged, microseconds',
  latestNumber: 'which message that was',
  roundTrip: 'smoothed, times 8, microseconds; 0: no sample yet',
  roundTripVariance: 'times 4, microseconds',
  timeouts: 'retransmission timeouts since the last progress',
  isProbing: '1 if a message may leave though the peer has no room',

  // congestion control
  windowMessages: 'messages that may be in flight',
  thresholdMessages: 'slow start ends here; 0: it has no end yet',
  credit: 'acknowledged messages that the window has not grown for',
  recoverAt: 'losses below this number belong to the last reduction',
})
export type Composite = Cursor<typeof compositeRecord.fields>

export const sentMessageRecord = defineRecord({
  length: 'bytes of payload',
  sentAt: 'when it left last, microseconds',
  marks: 'MessageMark bits',
})
export type SentMessage = Cursor<typeof sentMessageRecord.fields>

export const MessageMark = { acknowledged: 1, lost: 2, again: 4 } as const

/** Of a message that arrived: its bytes + 1; 0: there is none. */
const arrivedWords = 1

/** The record, then what it sent, then what arrived: a ring of `messageWindow` entries each. */
export function compositeWords(config: MachineConfig): number {
  return compositeRecord.words + messageWindow(config) * (sentMessageRecord.words + arrivedWords)
}
