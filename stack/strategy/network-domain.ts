/**
 * The TCP/IP domain: what every strategy runs, whole or in parts. Check decodes and verifies a frame, apply is
 * the protocol machine, perform transmits and copies. One instance per thread; state and action queue are its
 * own, everything else lies in the region.
 */
import type { Device } from '../device/device.ts'
import { ActionQueue, ActionWord } from '../dominoes/action-queue.ts'
import type { Domain } from '../dominoes/domain.ts'
import type { OutboxWriter } from '../dominoes/outbox.ts'
import type { Region } from '../dominoes/region.ts'
import { SlotWord, slotPayloadOffset } from '../dominoes/slot.ts'
import type { PayloadWork } from '../payload/payload-work.ts'
import { Action } from '../protocol/actions.ts'
import type { MachineConfig } from '../protocol/config.ts'
import { createMachine, type Machine } from '../protocol/machine.ts'
import { Request } from '../protocol/requests.ts'
import { decodeFrame } from '../wire/frame.ts'
import { Verdict } from '../wire/header.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../wire/virtio.ts'
import type { VerificationFactor } from './factors.ts'
import { FrameArgument } from './network-source.ts'
import { ControlSender } from './perform/control-sender.ts'
import { Deliverer } from './perform/deliverer.ts'
import { SegmentSender } from './perform/segment-sender.ts'
import { frameOffset } from './stack-layout.ts'
import type { StreamBuffers } from './stream-buffers.ts'
import { countOne, ThreadCounter } from './thread-counters.ts'

/** Actions that one apply may emit before they are performed: bounds how long a large window keeps a replica. */
export const actionCapacity = 64

export interface NetworkDomainParts {
  readonly region: Region
  readonly state: Int32Array
  readonly config: MachineConfig
  /** Where received checksums are verified; with `before`, the source has done so. */
  readonly verification: VerificationFactor
  readonly buffers: StreamBuffers
  readonly transmitAt: number
  /** Word offset of this thread's counters. */
  readonly countersAt: number
  readonly outbox: OutboxWriter
  readonly device: Device
  readonly work: PayloadWork
}

export class NetworkDomain implements Domain {
  readonly actions = new ActionQueue(actionCapacity)
  readonly machine: Machine
  readonly #region: Region
  readonly #virtioHeader: boolean
  readonly #verification: VerificationFactor
  readonly #segments: SegmentSender
  readonly #control: ControlSender
  readonly #deliverer: Deliverer
  readonly #counters: number

  constructor(parts: NetworkDomainParts) {
    const { region, state, config, buffers, outbox, work } = parts
    this.#region = region
    this.#counters = parts.countersAt
    this.#virtioHeader = parts.device.capabilities.virtioHeader
    this.#verification = parts.verification
    this.machine = createMachine(config, region.words, state, this.actions)
    const sending = { ...parts, etherHigh: config.etherHigh, etherLow: config.etherLow }
    this.#segments = new SegmentSender(sending)
    this.#control = new ControlSender(sending)
    this.#deliverer = new Deliverer(region, buffers, outbox, work)
  }

  needsCheck(slot: number): boolean {
    return this.#region.words[slot + SlotWord.kind] === Request.frame
  }

  check(slot: number): number {
    const { bytes, words } = this.#region
    const frameAt = slot * 4 + slotPayloadOffset + frameOffset
    const length = words[slot + SlotWord.length] as number
    const trusted = this.#verification !== 'claimed' || this.#deviceVouches(frameAt)
    const verdict = decodeFrame(bytes, frameAt, length, words, slot + SlotWord.head, trusted)
    if (verdict !== Verdict.accepted || this.#verification !== 'before') return verdict
    return words[slot + FrameArgument.checksumFailed] === 0 ? verdict : Verdict.badChecksum
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

  perform(action: number, slot: number): boolean {
    const record = this.actions.words
    switch (record[action + ActionWord.kind]) {
      case Action.sendSegment:
        this.#countFrame(this.#segments.send(record, action))
        return true
      case Action.deliver:
        return this.#deliverer.deliver(record, action, slot)
      case Action.upcall:
        return this.#deliverer.post(record, action, slot)
      case Action.sendArp:
        this.#countFrame(this.#control.sendArp(record, action))
        return true
      case Action.sendEchoReply:
        this.#countFrame(this.#control.sendEchoReply(record, action, slot))
        return true
      case Action.sendIcmpError:
        this.#countFrame(this.#control.sendIcmpError(record, action, slot))
        return true
    }
    throw new Error(`no such action: kind ${record[action + ActionWord.kind]}`)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.machine.microsUntilDeadline(nowMicros)
  }

  digest(): number {
    return this.machine.digest()
  }

  copyState(target: Int32Array): void {
    this.machine.copyState(target)
  }

  #countFrame(sent: boolean): void {
    countOne(
      this.#region.words,
      this.#counters + (sent ? ThreadCounter.framesOut : ThreadCounter.framesRefused),
    )
  }
}
