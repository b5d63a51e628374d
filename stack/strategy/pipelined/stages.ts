/**
 * The first two of a pipeline's three stages. A thread has one of them, or both; each has a `doWork` that never blocks.
 *
 *   reader        device and mailbox → slots, checked
 *   protocol      slots → state, actions; fires the timers
 *   transmitter   actions → performed: `transmitter-stage.ts`
 */
import type { Clock } from '../../device/kernel/clock.ts'
import type { RandomSource } from '../../device/random.ts'
import type { Domain, Source } from '../../dominoes/contract/domain.ts'
import { notBefore } from '../../dominoes/contract/request-time.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { Request } from '../../protocol/requests.ts'
import type { RequestSink } from '../parts/network-source.ts'
import type { EmittedActions } from './emitted-actions.ts'
import type { Pipe } from './pipe.ts'
import { PipeWord } from './pipeline-layout.ts'

/** Requests that the protocol handles in one round at most. */
const roundLimit = 64

/** Where the reader puts requests: it checks each before it hands it on. */
export class CheckedSlots implements RequestSink {
  readonly #words: Int32Array
  readonly #pipe: Pipe
  readonly #domain: Domain
  readonly #counters: Counters
  readonly #signal: Signal
  lastTime: number

  constructor(
    words: Int32Array,
    pipe: Pipe,
    domain: Domain,
    counters: Counters,
    signal: Signal,
    nowMicros: number,
  ) {
    this.#words = words
    this.#pipe = pipe
    this.#domain = domain
    this.#counters = counters
    this.#signal = signal
    this.lastTime = nowMicros
  }

  freeSlots(wanted = 1): number {
    return this.#pipe.freeSlots(wanted)
  }

  slotAhead(k: number): number {
    return this.#pipe.slotOf(this.#pipe.read + k)
  }

  indexAhead(k: number): number {
    return (this.#pipe.read + k) | 0
  }

  hasPassed(index: number): boolean {
    return this.#pipe.hasPassed(index)
  }

  publish(count: number): void {
    const words = this.#words
    const first = this.#pipe.read
    for (let k = 0; k < count; k++) {
      const slot = this.#pipe.slotOf(first + k)
      words[slot + SlotWord.sequence] = (first + k + 1) | 0
      if (!this.#domain.needsCheck(slot)) continue
      words[slot + SlotWord.verdict] = this.#domain.check(slot)
      this.#counters.add(Counter.checked, 1)
    }
    this.#pipe.store(PipeWord.read, (first + count) | 0)
    this.#signal.notify()
  }
}

export class ReaderStage {
  readonly source: Source
  readonly #counters: Counters

  constructor(source: Source, counters: Counters) {
    this.source = source
    this.#counters = counters
  }

  doWork(): number {
    this.#counters.add(Counter.polls, 1)
    const count = this.source.poll()
    if (count > 0) this.#counters.add(Counter.published, count)
    return count
  }
}

export interface ProtocolParts {
  readonly words: Int32Array
  readonly pipe: Pipe
  readonly domain: Domain
  readonly emitted: EmittedActions
  readonly counters: Counters
  readonly clock: Clock
  readonly random: RandomSource
  /** Where whoever lacks room sleeps. */
  readonly progress: Signal
  readonly tickSlot: number
}

export class ProtocolStage {
  readonly #parts: ProtocolParts
  /** The next request, or the one whose actions did not all fit. */
  #position: number
  #isInHand = false
  #lastTime: number

  constructor(parts: ProtocolParts) {
    this.#parts = parts
    this.#position = parts.pipe.applied
    this.#lastTime = parts.clock.nowMicros()
  }

  /** Nothing is left of what was read. */
  get isIdle(): boolean {
    return !this.#isInHand && this.#position === this.#parts.pipe.read && !this.#parts.domain.hasMore()
  }

  /** Whether the transmitters have to make room first. */
  get isBlocked(): boolean {
    return this.#parts.emitted.isFull
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#parts.domain.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    const { pipe, emitted } = this.#parts
    if (emitted.isFull) return 0
    let work = 0
    if (this.#parts.domain.hasMore()) {
      this.#resume()
      work = 1
    }
    while (work < roundLimit && !this.#isInHand && this.#position !== pipe.read && !emitted.isFull) {
      const slot = pipe.slotOf(this.#position)
      this.#apply(slot, this.#position, this.#later(this.#parts.words[slot + SlotWord.time] as number))
      this.#isInHand = true
      this.#pass()
      work += 1
    }
    if (work === 0) return this.#tick()
    // Wake the reader here: if nothing was emitted, no transmitter tells it that slots are free.
    this.#parts.progress.notify()
    return work
  }

  /** What is emitted counts as of the request `index`. */
  #apply(slot: number, index: number, time: number): void {
    const { words, domain, emitted, counters } = this.#parts
    words[slot + SlotWord.time] = time
    emitted.begin(index, slot)
    domain.apply(slot)
    emitted.publish()
    counters.add(Counter.applied, 1)
  }

  #resume(): void {
    const { domain, emitted } = this.#parts
    domain.resume()
    emitted.publish()
    this.#pass()
  }

  /** The protocol is done with the request in hand once all its actions are emitted. */
  #pass(): void {
    if (!this.#isInHand || this.#parts.domain.hasMore()) return
    this.#isInHand = false
    this.#position = (this.#position + 1) | 0
    this.#parts.pipe.store(PipeWord.applied, this.#position)
  }

  /**
   * Actions of a tick count as those of the request before it. The next request may acknowledge what the tick
   * sends again, and the application reuses that room once all requests before that one are passed. Of a
   * tick's slot only the index is read, by upcalls.
   */
  #tick(): number {
    const { words, domain, clock, random, tickSlot, emitted } = this.#parts
    if (this.#isInHand || emitted.isFull) return 0
    const now = this.#later(clock.nowMicros())
    if (domain.microsUntilDeadline(now) > 0) return 0
    words[tickSlot + SlotWord.sequence] = this.#position
    words[tickSlot + SlotWord.kind] = Request.tick
    words[tickSlot + SlotWord.random] = random.next()
    words[tickSlot + SlotWord.length] = 0
    this.#apply(tickSlot, (this.#position - 1) | 0, now)
    return 1
  }

  #later(time: number): number {
    this.#lastTime = notBefore(this.#lastTime, time)
    return this.#lastTime
  }
}
