/**
 * Reads the device for all workers of a sharded stack: each frame goes to the worker that owns its
 * connection, in place, by the number of its slot. One instance a worker; used by whichever holds the
 * producer role.
 *
 *   a segment, an ICMP error that quotes one     the owner of its connection
 *   ARP                                          everybody, as copies
 *   anything else                                worker 0
 *
 * The last frame read waits for the one after it, which may become part of it (see `parts/reading/frame-reader.ts`), or
 * supersede it. Its owner gets it after that.
 */
import type { RandomSource } from '../../device/random.ts'
import type { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { SlotWord, slotPayloadOffset, verdictPending } from '../../dominoes/contract/slot.ts'
import type { Counters } from '../../dominoes/memory/counters.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import type { HashKey } from '../../protocol/keyed-hash.ts'
import { Request } from '../../protocol/requests.ts'
import { shardOfTuple } from '../../protocol/state/tuple-hash.ts'
import { FlowKind, FlowWord, flowWords, readFlow } from '../../wire/flow.ts'
import { isFragment } from '../../wire/ipv4-fragment.ts'
import { frameOffset } from '../layout/slot-layout.ts'
import { countOne, ThreadCounter } from '../layout/thread-counters.ts'
import { type FrameReader, noSlot } from '../parts/reading/frame-reader.ts'
import type { Reassembler } from '../parts/reassembly/reassembler.ts'
import { forgetFrame, frameAtOf, HostArgument, readingAt } from '../parts/slot-frame.ts'
import { supersede } from '../parts/supersede.ts'
import type { Preference } from './preference.ts'
import { ShardCounter } from './shard-counters.ts'
import type { SlotPool } from './slot-pool.ts'

export interface ShardReaderParts {
  readonly region: Region
  readonly worker: number
  readonly reader: FrameReader
  readonly reassembler: Reassembler
  readonly pool: SlotPool
  /** Of every worker: where slots are handed over, and what wakes it. */
  readonly handed: readonly Mailbox[]
  readonly news: readonly Signal[]
  readonly random: RandomSource
  /** Keys the hash that says whose a connection is. */
  readonly secret: HashKey
  readonly preference: Preference
  readonly countersAt: number
  readonly counters: Counters
  /** Takes a slot that is for this worker itself. */
  keep(slot: number): void
}

/** Most frames that one call reads: if fewer, the device has no more. */
export const readBatch = 32

export class ShardReader {
  readonly #parts: ShardReaderParts
  readonly #count: number
  readonly #isHanded: boolean[]
  readonly #flow = new Int32Array(flowWords)

  constructor(parts: ShardReaderParts) {
    this.#parts = parts
    this.#count = parts.handed.length
    this.#isHanded = parts.handed.map(() => false)
  }

  /**
   * Holder of the producer role only. `isCurrent`: this worker has applied everything that it got and that could change what
   * its connections expect. Returns the frames that were read.
   */
  read(now: number, isCurrent: boolean): number {
    const { reader, pool, region, reassembler, countersAt } = this.#parts
    const { words, bytes } = region
    reassembler.sweep(now)
    reader.begin(isCurrent)
    let total = 0
    let before = noSlot
    while (total < readBatch && pool.hasSpare()) {
      const slot = pool.take()
      const length = reader.read(slot, before)
      if (length === 0) {
        pool.give(slot)
        break
      }
      total += 1
      countOne(words, countersAt + ThreadCounter.framesIn)
      if (reader.isMerged) {
        pool.give(slot)
        continue
      }
      const frameAt = readingAt(slot)
      if (isFragment(bytes, frameAt, length)) {
        const storedAt = reassembler.take(frameAt, length, now, slot)
        if (storedAt === 0) {
          pool.give(slot)
          continue
        }
        this.#fill(slot, now, reassembler.frameBytes, storedAt)
      } else {
        if (before !== noSlot && supersede(region, before, slot, length, reader.virtioBytes)) {
          countOne(words, countersAt + ThreadCounter.acksSuperseded)
          pool.give(slot)
          continue
        }
        this.#fill(slot, now, length, 0)
        reader.noteParts(slot, before)
      }
      if (before !== noSlot) this.#dispatch(before)
      before = slot
    }
    if (before !== noSlot) this.#dispatch(before)
    if (this.#count > 1 && total > 0) this.#finish()
    return total
  }

  #fill(slot: number, now: number, length: number, storedAt: number): void {
    const { region, random } = this.#parts
    const { words } = region
    words[slot + SlotWord.kind] = Request.frame
    words[slot + SlotWord.time] = now
    words[slot + SlotWord.random] = random.next()
    words[slot + SlotWord.length] = length
    words[slot + SlotWord.verdict] = verdictPending
    forgetFrame(words, slot)
    words[slot + HostArgument.storedAt] = storedAt
  }

  /** Gives the slot to its owner, which may work on it at once. */
  #dispatch(slot: number): void {
    const { region, worker, keep } = this.#parts
    if (this.#count === 1) {
      keep(slot)
      return
    }
    const { bytes, words } = region
    const frameAt = frameAtOf(words, slot)
    const kind = readFlow(bytes, frameAt, words[slot + SlotWord.length] as number, this.#flow)
    if (kind === FlowKind.arp) this.#copyToOthers(slot)
    const owner = kind === FlowKind.connection ? this.#ownerOfFlow() : kind === FlowKind.arp ? worker : 0
    if (kind === FlowKind.connection)
      this.#parts.preference.note(owner, 1 + (words[slot + HostArgument.merged] as number))
    if (owner === worker) keep(slot)
    else this.#hand(slot, owner)
  }

  #ownerOfFlow(): number {
    const flow = this.#flow
    return shardOfTuple(
      this.#parts.secret,
      flow,
      FlowWord.remoteAddress,
      flow[FlowWord.remotePort] as number,
      flow[FlowWord.localPort] as number,
      this.#count,
    )
  }

  #hand(slot: number, owner: number): void {
    const { pool, handed, counters } = this.#parts
    pool.lend(slot)
    ;(handed[owner] as Mailbox).tryPost(slot)
    this.#isHanded[owner] = true
    counters.add(ShardCounter.handedOver, 1)
  }

  /** ARP is rare. If no slot is left for a worker's copy, that worker sends a request of its own later. */
  #copyToOthers(slot: number): void {
    const { region, worker, pool } = this.#parts
    const { bytes, words } = region
    const length = slotPayloadOffset + frameOffset + (words[slot + SlotWord.length] as number)
    for (let other = 0; other < this.#count; other++) {
      if (other === worker) continue
      const copy = pool.take()
      if (copy < 0) return
      bytes.copyWithin(copy * 4, slot * 4, slot * 4 + length)
      this.#hand(copy, other)
    }
  }

  /** Wakes who got something. */
  #finish(): void {
    const { news, preference } = this.#parts
    for (let other = 0; other < this.#count; other++) {
      if (!this.#isHanded[other]) continue
      this.#isHanded[other] = false
      ;(news[other] as Signal).notify()
    }
    preference.settle()
  }
}
