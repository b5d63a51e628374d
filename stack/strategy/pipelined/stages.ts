/**
 * The three stages of a pipeline. A thread has one of them, or the first two; each has a `doWork` that never blocks.
 *
 *   reader        device and mailbox → slots, checked
 *   protocol      slots → state, actions; minds the timers
 *   transmitter   actions → performed
 */
import type { Clock } from '../../device/clock.ts'
import type { RandomSource } from '../../device/random.ts'
import { actionWords } from '../../dominoes/action-queue.ts'
import { Counter, type Counters } from '../../dominoes/counters.ts'
import type { Domain, Source } from '../../dominoes/domain.ts'
import type { Signal } from '../../dominoes/signal.ts'
import { SlotWord } from '../../dominoes/slot.ts'
import { Request } from '../../protocol/requests.ts'
import type { RequestSink } from '../network-source.ts'
import type { ActionFan } from './action-fan.ts'
import type { Pipe } from './pipe.ts'
import { type PipeLayout, PipeWord, RequestWord, TransmitterWord } from './pipeline-layout.ts'

/** Requests, or actions, that a stage handles in one round at most. */
const roundLimit = 64
/** Actions done between two publications of a transmitter's position. */
const headStride = 8

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
  readonly fan: ActionFan
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
    return this.#parts.fan.isFull
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#parts.domain.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    const { pipe, fan } = this.#parts
    if (fan.isFull) return 0
    let work = 0
    if (this.#parts.domain.hasMore()) {
      this.#resume()
      work = 1
    }
    while (work < roundLimit && !this.#isInHand && this.#position !== pipe.read && !fan.isFull) {
      const slot = pipe.slotOf(this.#position)
      this.#apply(slot, this.#later(this.#parts.words[slot + SlotWord.time] as number))
      this.#isInHand = true
      this.#pass()
      work += 1
    }
    if (work === 0) return this.#tick()
    // Where nothing was emitted no transmitter tells the reader that there are free slots.
    this.#parts.progress.notify()
    return work
  }

  #apply(slot: number, time: number): void {
    const { words, domain, fan, counters } = this.#parts
    words[slot + SlotWord.time] = time
    fan.begin(this.#position, slot)
    domain.apply(slot)
    fan.publish()
    counters.add(Counter.applied, 1)
  }

  #resume(): void {
    const { domain, fan } = this.#parts
    domain.resume()
    fan.publish()
    this.#pass()
  }

  /** The request in hand is done here once everything it emits is emitted. */
  #pass(): void {
    if (!this.#isInHand || this.#parts.domain.hasMore()) return
    this.#isInHand = false
    this.#position = (this.#position + 1) | 0
    this.#parts.pipe.store(PipeWord.applied, this.#position)
  }

  /** Actions of a tick count as those of the next request; nothing but upcalls looks at a tick's slot, for its index. */
  #tick(): number {
    const { words, domain, clock, random, tickSlot, fan } = this.#parts
    if (this.#isInHand || fan.isFull) return 0
    const now = this.#later(clock.nowMicros())
    if (domain.microsUntilDeadline(now) > 0) return 0
    words[tickSlot + SlotWord.sequence] = this.#position
    words[tickSlot + SlotWord.kind] = Request.tick
    words[tickSlot + SlotWord.random] = random.next()
    words[tickSlot + SlotWord.length] = 0
    this.#apply(tickSlot, now)
    return 1
  }

  #later(time: number): number {
    if (((time - this.#lastTime) | 0) > 0) this.#lastTime = time
    return this.#lastTime
  }
}

export class TransmitterStage {
  readonly #words: Int32Array
  readonly #domain: Domain
  readonly #counters: Counters
  readonly #progress: Signal
  readonly #at: number
  readonly #ring: number
  readonly #requests: number
  readonly #mask: number
  #head = 0
  #passed = 0
  /** An action could not be performed yet. */
  isBlocked = false

  constructor(
    words: Int32Array,
    pipe: Pipe,
    layout: PipeLayout,
    transmitter: number,
    domain: Domain,
    counters: Counters,
    progress: Signal,
  ) {
    this.#words = words
    this.#domain = domain
    this.#counters = counters
    this.#progress = progress
    this.#at = pipe.transmitterAt(transmitter)
    this.#ring = layout.rings[transmitter] as number
    this.#requests = layout.requests[transmitter] as number
    this.#mask = layout.ringCount - 1
  }

  get isIdle(): boolean {
    return Atomics.load(this.#words, this.#at + TransmitterWord.tail) === this.#head
  }

  doWork(): number {
    const words = this.#words
    const tail = Atomics.load(words, this.#at + TransmitterWord.tail)
    let work = 0
    this.isBlocked = false
    while (work < roundLimit && this.#head !== tail) {
      const place = this.#head & this.#mask
      const request = this.#requests + place * RequestWord.words
      this.#begin(words[request + RequestWord.index] as number)
      const action = this.#ring + place * actionWords
      if (!this.#domain.perform(action, words[request + RequestWord.slot] as number)) {
        this.#counters.add(Counter.deferred, 1)
        this.isBlocked = true
        break
      }
      this.#head = (this.#head + 1) | 0
      work += 1
      if (work % headStride === 0) Atomics.store(words, this.#at + TransmitterWord.head, this.#head)
    }
    if (work > 0) this.#end(work)
    return work
  }

  #begin(index: number): void {
    if (index === this.#passed) return
    this.#passed = index
    Atomics.store(this.#words, this.#at + TransmitterWord.passed, index)
  }

  #end(work: number): void {
    this.#counters.add(Counter.performed, work)
    Atomics.store(this.#words, this.#at + TransmitterWord.head, this.#head)
    this.#progress.notify()
  }
}
