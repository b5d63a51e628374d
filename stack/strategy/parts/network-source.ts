/**
 * Where a stack's requests come from: frames that a device holds, what applications posted, and the passing of
 * time. One instance per thread; polled by whichever thread holds the producer role.
 *
 * Frames are read straight into slots: nothing is reserved before a frame is there, because only the holder of
 * the role fills slots. Fragments of a packet are put together first, in a store beside the slots. Times are
 * clamped so that they never run backwards when the role changes threads.
 */

import type { Device } from '../../device/device.ts'
import type { Clock } from '../../device/kernel/clock.ts'
import type { RandomSource } from '../../device/random.ts'
import type { Channel } from '../../dominoes/channel/channel.ts'
import type { Mailbox } from '../../dominoes/channel/mailbox.ts'
import type { Source } from '../../dominoes/contract/domain.ts'
import { notBefore } from '../../dominoes/contract/request-time.ts'
import { SlotWord, verdictPending } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { MailWord, postedArguments, Request } from '../../protocol/requests.ts'
import { transportChecksumHolds } from '../../wire/frame.ts'
import { isFragment } from '../../wire/ipv4-fragment.ts'
import { virtioTrustsChecksum } from '../../wire/virtio.ts'
import { countOne, ThreadCounter } from '../layout/thread-counters.ts'
import { isInParts } from './reading/burst-layout.ts'
import { type PartsLayout, soundBytes } from './reading/check-parts.ts'
import { type FrameReader, noSlot } from './reading/frame-reader.ts'
import type { Reassembler } from './reassembly/reassembler.ts'
import { forgetFrame, frameAtOf, HostArgument, readingAt } from './slot-frame.ts'
import { supersede } from './supersede.ts'

/** Slots that can be filled and handed on: a channel, or the sequential strategy's own few. */
export interface RequestSink {
  /** Slots that can be filled now. */
  freeSlots(wanted?: number): number
  /** The slot that becomes the k-th request published from now, 0 ≤ k < freeSlots(). */
  slotAhead(k: number): number
  /** What `hasPassed` knows that request by. */
  indexAhead(k: number): number
  /** Whether every thread is done with a request: any holder of the role, at any time later. */
  hasPassed(index: number): boolean
  /** Hands on the next `count` slots, in order. */
  publish(count: number): void
  /** Time of the newest request. */
  lastTime: number
}

export interface NetworkSourceParts {
  readonly region: Region
  readonly sink: RequestSink
  readonly device: Device
  readonly reassembler: Reassembler
  readonly mailbox: Mailbox
  readonly clock: Clock
  readonly random: RandomSource
  /** Most frames that one poll reads. */
  readonly batch: number
  /** Whether frames are verified here, before they are published. */
  readonly verifies: boolean
  readonly reader: FrameReader
  readonly partsLayout: PartsLayout
  /** Word offset of this thread's counters. */
  readonly countersAt: number
  /** Microseconds to the next timer of this thread's replica. */
  microsUntilDeadline(nowMicros: number): number
  /** What the application rings after it posted. */
  readonly doorbell: Signal
}

export class NetworkSource implements Source {
  readonly #parts: NetworkSourceParts
  readonly #headerBytes: number
  /** Whether a request posted in this poll may end a connection. */
  #endsConnections = false

  constructor(parts: NetworkSourceParts) {
    this.#parts = parts
    this.#headerBytes = parts.reader.virtioBytes
  }

  poll(): number {
    const { sink, clock, reassembler } = this.#parts
    const free = sink.freeSlots(this.#parts.batch)
    if (free === 0) return 0
    const now = notBefore(sink.lastTime, clock.nowMicros())
    sink.lastTime = now
    reassembler.sweep(now)
    this.#endsConnections = false
    const posted = this.#takePosted(free, now)
    this.#parts.reader.begin(!this.#endsConnections)
    const frames = this.#readFrames(Math.min(free - posted, this.#parts.batch), now)
    if (posted + frames > 0) return posted + frames
    if (this.#parts.microsUntilDeadline(now) > 0) return 0
    this.#fill(sink.slotAhead(0), Request.tick, now, 0)
    sink.publish(1)
    return 1
  }

  /** A request posted before the doorbell was armed is seen here; one posted after it ends the device's wait. */
  wait(micros: number): void {
    const { doorbell, mailbox, device } = this.#parts
    doorbell.prepare()
    if (mailbox.size === 0) device.wait(micros)
  }

  /**
   * Publishes every few requests: the other replicas start on the first while the last are still being read. The last one
   * read waits for the frame after it, which may be its connection's next segment. A superseded ACK is not published: every
   * replica would apply it for nothing. The fragments of a packet become one request when the last of them arrives; its
   * frame is the whole packet. Returns the number of requests.
   */
  #readFrames(limit: number, now: number): number {
    const { sink, reader, countersAt, reassembler } = this.#parts
    const { words, bytes } = this.#parts.region
    let total = 0
    let pending = 0
    for (let read = 0; read < limit; read++) {
      const slot = sink.slotAhead(pending)
      const before = pending === 0 ? noSlot : sink.slotAhead(pending - 1)
      const length = reader.read(slot, before)
      if (length === 0) break
      countOne(words, countersAt + ThreadCounter.framesIn)
      if (reader.isMerged) continue
      const frameAt = readingAt(slot)
      if (isFragment(bytes, frameAt, length)) {
        const storedAt = reassembler.take(frameAt, length, now, sink.indexAhead(pending))
        if (storedAt === 0) continue
        this.#fill(slot, Request.frame, now, reassembler.frameBytes)
        words[slot + HostArgument.storedAt] = storedAt
      } else {
        if (before !== noSlot && this.#supersede(before, slot, length)) continue
        this.#fill(slot, Request.frame, now, length)
        reader.noteParts(slot, before)
      }
      total += 1
      pending += 1
      if (pending > publishedTogether || (before !== noSlot && isInParts(words, before))) {
        this.#publish(pending - 1)
        pending = 1
      }
    }
    if (pending > 0) this.#publish(pending)
    return total
  }

  /** The next `count` requests are complete. */
  #publish(count: number): void {
    const { sink, verifies } = this.#parts
    if (verifies) for (let k = 0; k < count; k++) this.#verify(sink.slotAhead(k))
    sink.publish(count)
  }

  /** Moves the frame just read into `slot` to the place of the frame before it, if it supersedes that one. */
  #supersede(before: number, slot: number, length: number): boolean {
    const { region, countersAt } = this.#parts
    if (!supersede(region, before, slot, length, this.#headerBytes)) return false
    countOne(region.words, countersAt + ThreadCounter.acksSuperseded)
    return true
  }

  /**
   * The result is stored beside the frame and not as the slot's verdict, which is reset when the slot is
   * published.
   */
  #verify(slot: number): void {
    const { words, bytes } = this.#parts.region
    if (isInParts(words, slot)) {
      const sound = soundBytes(this.#parts.partsLayout, slot)
      words[slot + HostArgument.payloadBytes] = sound
      words[slot + HostArgument.checksumFailed] = sound === 0 ? 1 : 0
      return
    }
    const frameAt = frameAtOf(words, slot)
    const length = words[slot + SlotWord.length] as number
    const holds =
      (this.#headerBytes > 0 && virtioTrustsChecksum(bytes, frameAt - this.#headerBytes)) ||
      transportChecksumHolds(bytes, frameAt, length, words)
    words[slot + HostArgument.checksumFailed] = holds ? 0 : 1
  }

  #takePosted(free: number, now: number): number {
    const { sink, mailbox } = this.#parts
    const { words } = this.#parts.region
    let count = 0
    while (count < free) {
      const record = mailbox.peek(count)
      if (record < 0) break
      const slot = sink.slotAhead(count)
      const kind = words[record + MailWord.kind] as number
      if (kind !== Request.read && kind !== Request.send) this.#endsConnections = true
      this.#fill(slot, kind, now, 0)
      for (let k = 0; k < postedArguments; k++) {
        words[slot + SlotWord.arguments + k] = words[record + MailWord.arguments + k] as number
      }
      words[slot + HostArgument.isPosted] = 1
      words[slot + HostArgument.mailNumber] = (mailbox.taken + count) | 0
      count += 1
    }
    if (count === 0) return 0
    // Taken from the mailbox after they are published: a thread killed in between loses none, see
    // `recoverPosted`.
    sink.publish(count)
    mailbox.advance(count)
    return count
  }

  #fill(slot: number, kind: number, now: number, length: number): void {
    const { random } = this.#parts
    const { words } = this.#parts.region
    words[slot + SlotWord.kind] = kind
    words[slot + SlotWord.time] = now
    words[slot + SlotWord.random] = random.next()
    words[slot + SlotWord.length] = length
    words[slot + SlotWord.verdict] = verdictPending
    forgetFrame(words, slot)
    words[slot + HostArgument.isPosted] = 0
  }
}

/** Frames that become visible to the other replicas at once. */
const publishedTogether = 4

/**
 * In place of a killed holder of the producer role: takes out of the mailbox what is published from index `from` on.
 */
export function recoverPosted(words: Int32Array, channel: Channel, mailbox: Mailbox, from: number): void {
  for (let index = from; index !== channel.tail; index = (index + 1) | 0) {
    const slot = channel.slotOf(index)
    if (words[slot + HostArgument.isPosted] !== 1) continue
    mailbox.advanceTo(((words[slot + HostArgument.mailNumber] as number) + 1) | 0)
  }
}
