/**
 * What every part of the machine is handed: the configuration, the state behind cursors, the queue of
 * actions, and the request being applied. Owned by the thread of one replica.
 *
 * Invariant: between two requests nothing here matters but `state`; every other variable is either constant
 * or set anew by `apply`. So a copied or shared state buffer is a whole machine.
 */

import type { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { addressWords, writeIpv4Mapped } from '../../wire/address.ts'
import { type MachineConfig, maximumGapMicros } from '../config.ts'
import type { SenderKind, SenderRange } from '../senders/kind.ts'
import { type SenderName, senderCounts, senderNames } from '../senders/numbering.ts'
import type { CongestionControl } from '../tcp/congestion/control.ts'
import { type Composite, compositeRecord, type SentMessage, sentMessageRecord } from './composites.ts'
import {
  type DatagramSocket,
  datagramSocketRecord,
  type WaitingDatagram,
  waitingDatagramRecord,
} from './datagrams.ts'
import { type Globals, globalRecord } from './globals.ts'
import { type Layout, planLayout } from './layout.ts'
import { type Sender, senderRecord } from './sender.ts'
import { type Segment, segmentRecord } from './sent-segment.ts'
import {
  type Listener,
  listenerRecord,
  type Neighbor,
  neighborCount,
  neighborRecord,
  type TimeWait,
  timeWaitRecord,
} from './tables.ts'
import { type Tcb, tcbRecord } from './tcb.ts'

/** Most actions that an apply may emit before `drain`, the part that can be resumed. */
const queueCapacityMinimum = 64

/** Word offsets in `core.own`. */
export const OwnAddress = { address: 0, gateway: addressWords } as const
// A constant of the module keeps senderAt so short that the compiler always inlines it.
const senderWords = senderRecord.words

export class Core {
  readonly config: MachineConfig
  readonly layout: Layout
  readonly congestion: CongestionControl
  /** The region that slots are in. */
  readonly words: Int32Array
  readonly state: Int32Array
  readonly actions: ActionQueue
  /** The kinds of senders, in the order of their numbers. */
  readonly kinds: readonly SenderRange<Core>[]

  readonly globals: Globals
  /** The connection at hand. */
  readonly tcb: Tcb
  /** The sent segment at hand. */
  readonly segment: Segment
  /** The sender whose next hop is at hand. */
  readonly sender: Sender
  readonly neighbor: Neighbor
  /** Entries of the neighbor table. */
  readonly neighborLimit: number
  readonly listener: Listener
  readonly timeWait: TimeWait

  /** This host's address and its gateway's (unspecified: none), at the word offsets of `OwnAddress`. */
  readonly own: Int32Array

  /** The UDP socket, and the datagram that waits for its next hop, at hand. */
  readonly socket: DatagramSocket
  readonly waitingDatagram: WaitingDatagram
  /** The composite, and the message that it sent, at hand. */
  readonly composite: Composite
  readonly sentMessage: SentMessage
  /** The next hop of what is being sent: an address. */
  readonly nextHop = new Int32Array(addressWords)

  /** Index of the connection at hand, and the word offset of its segment ring. */
  connection = 0
  ring = 0

  // The request at hand
  slot = 0
  head = 0
  now = 0

  // The frame being answered or the segment being sent: where it goes
  etherHigh = 0
  etherLow = 0

  /** Entry of the tuple hash that was found last: a hint, verified before it is believed (see `tuple-hash.ts`). */
  lastFound = 0

  // What the acknowledgment at hand brought
  deliveredBytes = 0
  rttSample = 0
  dsackSeen = 0
  dsackLeft = 0
  dsackRight = 0
  newlyLost = 0

  // What the acknowledgment, or the timer, at hand brought to a composite: messages, the last one lost, a timeout
  messagesAcknowledged = 0
  messagesLost = 0
  lostLast = 0
  timedOut = 0

  constructor(
    config: MachineConfig,
    words: Int32Array,
    state: Int32Array,
    actions: ActionQueue,
    congestion: CongestionControl,
    kinds: Readonly<Record<SenderName, SenderKind<Core>>>,
  ) {
    const layout = planLayout(config)
    assert(state.length >= layout.words, `state of ${state.length} words, ${layout.words} needed`)
    assert(actions.capacity >= queueCapacityMinimum, `action queue below ${queueCapacityMinimum}`)
    assert(isPowerOfTwo(config.segmentCount), 'segmentCount must be a power of two')
    assert(isPowerOfTwo(config.sendBufferBytes), 'sendBufferBytes must be a power of two')
    assert(isPowerOfTwo(config.receiveBufferBytes), 'receiveBufferBytes must be a power of two')
    assert(config.connectionCount > 0 && config.connectionCount <= 0xffff, 'connectionCount is 1 … 65535')
    assert(config.timeWaitCount > 0, 'timeWaitCount must be positive')
    assert(config.timeWaitMicros < maximumGapMicros, `timeWaitMicros must be below ${maximumGapMicros}`)
    assert(config.mtuBytes >= 576 && config.mtuBytes <= 65535, 'mtuBytes is 576 … 65535')
    this.config = config
    this.layout = layout
    this.own = ownAddresses(config)
    this.congestion = congestion
    this.words = words
    this.state = state
    this.actions = actions
    this.kinds = senderNames.map((name) => {
      const first = layout.firstSender[name]
      return { kind: kinds[name], first, end: first + senderCounts[name](config) }
    })
    this.globals = globalRecord.cursor(state, layout.globals)
    this.tcb = tcbRecord.cursor(state, layout.connections)
    this.segment = segmentRecord.cursor(state, layout.segments)
    this.sender = senderRecord.cursor(state, layout.senders)
    this.neighborLimit = neighborCount(config)
    this.neighbor = neighborRecord.cursor(state, layout.neighbors)
    this.listener = listenerRecord.cursor(state, layout.listeners)
    this.timeWait = timeWaitRecord.cursor(state, layout.timeWait)
    this.socket = datagramSocketRecord.cursor(state, layout.datagramSockets)
    this.composite = compositeRecord.cursor(state, layout.composites)
    this.sentMessage = sentMessageRecord.cursor(state, layout.composites)
    this.waitingDatagram = waitingDatagramRecord.cursor(state, layout.waitingDatagrams)
  }
}

/** Word `word` (a HeaderWord) of the frame's decoded header. */
export function header(core: Core, word: number): number {
  return core.words[core.head + word] as number
}

/** Argument `word` of the application's request. */
export function argument(core: Core, word: number): number {
  return core.words[core.slot + SlotWord.arguments + word] as number
}

/** The 32 random bits of the request. */
export function randomBits(core: Core): number {
  return core.words[core.slot + SlotWord.random] as number
}

/** Makes connection `index` the one at hand. */
export function selectConnection(core: Core, index: number): void {
  const { layout } = core
  core.connection = index
  core.ring = layout.segments + index * layout.ringWords
  core.tcb.at = layout.connections + index * tcbRecord.words
}

function ownAddresses({ address, gateway }: MachineConfig): Int32Array {
  const words = new Int32Array(2 * addressWords)
  writeIpv4Mapped(words, OwnAddress.address, address)
  if (gateway !== 0) writeIpv4Mapped(words, OwnAddress.gateway, gateway)
  return words
}

export function selectSender(core: Core, sender: number): void {
  core.sender.at = senderAt(core, sender)
}

/** Word offset of the record of `sender`. */
export function senderAt(core: Core, sender: number): number {
  return core.layout.senders + sender * senderWords
}

function assert(holds: boolean, claim: string): void {
  if (!holds) throw new RangeError(claim)
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0
}
