/**
 * What the parts of the TCP/IP domain cost on a virtual core: turns what a slot or an action says into nanoseconds.
 */
import { type ActionQueue, ActionWord, actionWords } from '../../dominoes/contract/action-queue.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { PayloadWorkKind } from '../../payload/payload-work.ts'
import { Action, SegmentWord, UpcallWord } from '../../protocol/actions.ts'
import { Request } from '../../protocol/requests.ts'
import type { StrategyOption } from '../../strategy/options.ts'
import { HeaderWord } from '../../wire/header.ts'
import type { DrawnCosts } from './costs.ts'
import type { DomainPrices } from './timed-domain.ts'

export interface PriceParts {
  readonly words: Int32Array
  readonly costs: DrawnCosts
  readonly payloadWork: PayloadWorkKind
  readonly strategy: StrategyOption['kind']
  /** Whether several of the stack's threads work at once. */
  readonly isShared: boolean
}

export class NetworkPrices implements DomainPrices {
  readonly #parts: PriceParts
  readonly #payloadTimes: number
  readonly #writeTimes: number
  readonly #segmentTimes: number
  readonly #stateTimes: number

  constructor(parts: PriceParts) {
    const { nanos } = parts.costs
    this.#parts = parts
    this.#payloadTimes = parts.isShared ? parts.costs.payload[parts.payloadWork].contentionTimes : 1
    this.#segmentTimes = parts.isShared ? nanos.contentionSegmentTimes : 1
    this.#writeTimes = parts.isShared ? nanos.contentionWriteTimes : 1
    this.#stateTimes = parts.isShared ? nanos.contentionStateTimes : 1
  }

  check(slot: number): number {
    const { words, costs } = this.#parts
    const payload = words[slot + SlotWord.head + HeaderWord.payloadLength] as number
    return costs.nanos.checkNanos + payload * costs.nanos.checkByteNanos * this.#payloadTimes
  }

  apply(slot: number, { words: records, count }: ActionQueue, from: number): number {
    const { nanos } = this.#parts.costs
    let segments = 0
    for (let k = from; k < count; k++) {
      if (records[k * actionWords + ActionWord.kind] === Action.sendSegment) segments += 1
    }
    const request = slot < 0 ? 0 : this.#request(slot)
    return (request + segments * (nanos.applySegmentNanos + this.#loop())) * this.#stateTimes
  }

  perform(record: Int32Array, action: number): number {
    const { nanos } = this.#parts.costs
    switch (record[action + ActionWord.kind]) {
      case Action.sendSegment: {
        const length = record[action + SegmentWord.payloadLength] as number
        const write = (length === 0 ? nanos.writeBareNanos : nanos.writeNanos) * this.#writeTimes
        return nanos.segmentNanos * this.#segmentTimes + this.#payload(length) + write
      }
      case Action.deliver:
        return nanos.upcallNanos + this.#payload(record[action + UpcallWord.payloadLength] as number)
      case Action.upcall:
        return nanos.upcallNanos
    }
    return nanos.segmentNanos + nanos.writeBareNanos
  }

  #request(slot: number): number {
    const { words, costs, isShared, strategy } = this.#parts
    const { nanos } = costs
    const dequeue = isShared ? nanos.dequeueSharedNanos : nanos.dequeueNanos
    return this.#loop() + (strategy === 'replicated' ? dequeue : 0) + this.#state(words, slot)
  }

  /**
   * What the loop costs per request and per emitted segment. The strategies without a calibrated transfer (sharded,
   * pipelined) are taken to cost as much as one thread alone.
   */
  #loop(): number {
    const { costs, isShared, strategy } = this.#parts
    const { loopNanos, loopReplicatedNanos, loopLockedNanos } = costs.nanos
    if (!isShared) return loopNanos
    if (strategy === 'replicated') return loopReplicatedNanos
    return strategy === 'locked' ? loopLockedNanos : loopNanos
  }

  #state(words: Int32Array, slot: number): number {
    const { nanos } = this.#parts.costs
    switch (words[slot + SlotWord.kind]) {
      case Request.frame:
        return (words[slot + SlotWord.head + HeaderWord.payloadLength] as number) > 0
          ? nanos.applyDataNanos
          : nanos.applyAckNanos
      case Request.tick:
        return nanos.applyTickNanos
    }
    return nanos.applyCallNanos
  }

  #payload(length: number): number {
    if (length === 0) return 0
    const { fixedNanos, byteNanos } = this.#parts.costs.payload[this.#parts.payloadWork]
    return (fixedNanos + length * byteNanos) * this.#payloadTimes
  }
}
