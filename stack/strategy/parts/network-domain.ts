/**
 * The TCP/IP domain: what every strategy runs, whole or in parts. Check decodes and verifies a frame, apply is
 * the protocol machine, perform transmits and copies. One instance per thread; state and action queue are its
 * own, everything else lies in the region.
 */
import type { Device } from '../../device/device.ts'
import type { OutboxWriter } from '../../dominoes/channel/outbox.ts'
import { ActionQueue, ActionWord, actionWords } from '../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { PayloadWork } from '../../payload/payload-work.ts'
import { Action, FrameWord, transmitsFrame, UpcallWord } from '../../protocol/actions.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { createMachine, type Machine } from '../../protocol/machine.ts'
import { Request } from '../../protocol/requests.ts'
import type { ExpectedSegment } from '../../protocol/tcp/receiving/expected-segment.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { HeaderWord, Verdict } from '../../wire/header.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import type { VerificationFactor } from '../factors.ts'
import { actionCapacity } from '../layout/stack-layout.ts'
import type { StreamBuffers } from '../layout/stream-buffers.ts'
import { ControlSender } from '../perform/control-sender.ts'
import { DatagramSender } from '../perform/datagram-sender.ts'
import { Deliverer } from '../perform/deliverer.ts'
import { MessageSender } from '../perform/message-sender.ts'
import { SegmentSender } from '../perform/segment-sender.ts'
import { DirectTransmitter, noBuffer, type Transmitter } from '../perform/transmitter.ts'
import { isInParts } from './reading/burst-layout.ts'
import { checkParts, type PartsLayout } from './reading/check-parts.ts'
import { frameAtOf, HostArgument } from './slot-frame.ts'

export interface NetworkDomainParts {
  readonly region: Region
  /** Bytes of a slot. */
  readonly slotBytes: number
  readonly state: Int32Array
  readonly config: MachineConfig
  /** Where received checksums are verified; with `before`, the source has done so. */
  readonly verification: VerificationFactor
  readonly buffers: StreamBuffers
  /** Of UDP sockets. */
  readonly datagramBuffers: StreamBuffers
  /** Byte offset of this thread's transmit buffer. */
  readonly transmitAt: number
  /** Word offset of this thread's counters. */
  readonly countersAt: number
  /** How frames leave; at once, from the buffer at `transmitAt`, if absent. */
  readonly transmitter?: Transmitter
  readonly outbox: OutboxWriter
  readonly device: Device
  readonly work: PayloadWork
  /** Where actions go; a private queue if absent. */
  readonly actions?: ActionQueue
  /** Consecutive actions that one claim covers, from a multiple of it: a power of two. 1 if absent. */
  readonly claimedTogether?: number
}

export class NetworkDomain implements Domain {
  readonly actions: ActionQueue
  readonly machine: Machine
  readonly #region: Region
  readonly #virtioHeader: boolean
  readonly #verification: VerificationFactor
  readonly #partsLayout: PartsLayout
  readonly #segments: SegmentSender
  readonly #datagrams: DatagramSender
  readonly #messages: MessageSender
  readonly #control: ControlSender
  readonly #deliverer: Deliverer
  readonly #outbox: OutboxWriter
  readonly #transmitter: Transmitter
  readonly #claimedTogether: number

  constructor(parts: NetworkDomainParts) {
    const { region, state, config, buffers, datagramBuffers, outbox, work } = parts
    this.actions = parts.actions ?? new ActionQueue(actionCapacity)
    this.#region = region
    this.#virtioHeader = parts.device.capabilities.virtioHeader
    this.#verification = parts.verification
    const { virtioHeader } = parts.device.capabilities
    this.#partsLayout = { region, slotBytes: parts.slotBytes, virtioHeader, buffers }
    this.machine = createMachine(config, region.words, state, this.actions)
    this.#transmitter =
      parts.transmitter ??
      new DirectTransmitter(parts.device, region.words, parts.transmitAt, parts.countersAt)
    this.#claimedTogether = parts.claimedTogether ?? 1
    const { etherHigh, etherLow } = config
    const sending = {
      region,
      buffers,
      datagramBuffers,
      work,
      transmitter: this.#transmitter,
      etherHigh,
      etherLow,
    }
    this.#segments = new SegmentSender(sending)
    this.#datagrams = new DatagramSender(sending)
    this.#messages = new MessageSender(sending)
    this.#control = new ControlSender(sending)
    this.#outbox = outbox
    this.#deliverer = new Deliverer({
      region,
      buffers,
      datagramBuffers,
      outbox,
      work,
      virtioHeader: this.#virtioHeader,
    })
  }

  needsCheck(slot: number): boolean {
    return this.#region.words[slot + SlotWord.kind] === Request.frame
  }

  check(slot: number): number {
    const { words } = this.#region
    const verdict = isInParts(words, slot)
      ? checkParts(this.#partsLayout, slot, this.#verification === 'claimed')
      : this.#decode(slot)
    words[slot + SlotWord.head + HeaderWord.isFollowed] = words[slot + HostArgument.isFollowed] as number
    if (verdict !== Verdict.accepted || this.#verification !== 'before') return verdict
    return words[slot + HostArgument.checksumFailed] === 0 ? verdict : Verdict.badChecksum
  }

  /** Of a frame that is in one place. */
  #decode(slot: number): number {
    const { bytes, words } = this.#region
    const frameAt = frameAtOf(words, slot)
    const length = words[slot + SlotWord.length] as number
    const trusted = this.#verification !== 'claimed' || this.#deviceVouches(frameAt)
    return decodeFrame(bytes, frameAt, length, words, slot + SlotWord.head, trusted)
  }

  #deviceVouches(frameAt: number): boolean {
    return this.#virtioHeader && virtioTrustsChecksum(this.#region.bytes, frameAt - virtioHeaderBytes)
  }

  apply(slot: number): void {
    this.machine.apply(slot)
  }

  hasMore(): boolean {
    return this.machine.hasMore()
  }

  resume(): void {
    this.machine.resume()
  }

  /** A thread that cannot go on may sleep: nothing that it sent stays behind. */
  perform(action: number, slot: number): boolean {
    const isDone = this.#tryPerform(action, slot)
    if (!isDone) this.#transmitter.flush()
    return isDone
  }

  #tryPerform(action: number, slot: number): boolean {
    const record = this.actions.words
    const kind = record[action + ActionWord.kind] as number
    if (kind === Action.deliver) return this.#deliverer.deliver(record, action, slot)
    if (kind === Action.upcall) return this.#deliverer.post(record, action, slot)
    if (kind === Action.deliverDatagram) return this.#deliverer.deliverDatagram(record, action, slot)
    if (kind === Action.deliverMessage) return this.#deliverer.deliverMessage(record, action, slot)
    const frameNumber = record[action + FrameWord.frameNumber] as number
    const isCut = kind === Action.sendSegment && this.#segments.isCut(record, action)
    const bufferAt = this.#transmitter.bufferFor(frameNumber, this.#isFollowed(action), isCut)
    if (bufferAt === noBuffer) return false
    this.#send(kind, record, action, slot, bufferAt)
    return true
  }

  /**
   * Upcalls must be finished, since the application waits for each number. A frame need not: it is lost as if
   * on the wire.
   */
  isUndone(action: number): boolean {
    const record = this.actions.words
    const kind = record[action + ActionWord.kind] as number
    if (transmitsFrame(kind)) return false
    return !this.#outbox.isCommitted(record[action + UpcallWord.upcallNumber] as number)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.machine.microsUntilDeadline(nowMicros)
  }

  /** What the connection at hand expects next; false if nothing can be said. */
  expectSegment(into: ExpectedSegment): boolean {
    return this.machine.expectSegment(into)
  }

  digest(): number {
    return this.machine.digest()
  }

  copyState(target: Int32Array): void {
    this.machine.copyState(target)
  }

  /** Whether the next action in the queue is a frame and is covered by the same claim. */
  #isFollowed(action: number): boolean {
    const { words, count } = this.actions
    const number = words[action + ActionWord.number] as number
    if (((number + 1) & (this.#claimedTogether - 1)) === 0) return false
    const next = action + actionWords
    return next < count * actionWords && transmitsFrame(words[next + ActionWord.kind] as number)
  }

  #send(kind: number, record: Int32Array, action: number, slot: number, bufferAt: number): void {
    switch (kind) {
      case Action.sendSegment:
        this.#segments.send(record, action, bufferAt)
        return
      case Action.sendDatagram:
        this.#datagrams.send(record, action, bufferAt)
        return
      case Action.sendMessage:
        this.#messages.send(record, action, bufferAt)
        return
      case Action.sendArp:
        this.#control.sendArp(record, action, bufferAt)
        return
      case Action.sendEchoReply:
        this.#control.sendEchoReply(record, action, slot, bufferAt)
        return
      case Action.sendIcmpError:
        this.#control.sendIcmpError(record, action, slot, bufferAt)
        return
    }
    throw new Error(`no such action: kind ${kind}`)
  }
}
