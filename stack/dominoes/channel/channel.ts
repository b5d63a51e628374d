/**
 * A replicated channel: every replica sees every request, in one total order. Each thread works through an object
 * of its own over the same layout.
 *
 * Publishing is the privilege of the thread that holds the *producer role*. The role is tried for, never waited for,
 * and may be held by a different thread every time: taking it is a compare-exchange that reads what the last
 * holder's release wrote, so all that the last holder did happened before. The holder fills slots in place, where
 * no consumer looks yet, and moves the tail:
 *
 *          minimum              tail       tail + k           minimum + slotCount
 *     free    │ published, in use │ being filled │     free      │
 *   ──────────┴───────────────────┴──────────────┴───────────────┴──▶ index
 *
 * Invariant: minimum ≤ every active position ≤ tail ≤ minimum + slotCount; a slot is constant (but for its claim and
 * verdict) from its publication until all active replicas have passed it.
 */

import { SlotWord, verdictPending } from '../contract/slot.ts'
import { assert } from '../memory/assert.ts'
import type { Region } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import {
  type ChannelLayout,
  ChannelWord,
  ConsumerWord,
  consumerWord,
  roleClosed,
  roleFree,
} from './channel-layout.ts'

export class Channel {
  readonly #words: Int32Array
  readonly #layout: ChannelLayout
  readonly #control: number
  readonly #slots: number
  readonly #slotWords: number
  readonly #mask: number
  readonly #holder: number
  #publishedSinceAcquired = false

  /** Notified when the tail moves and when the role was given back after that: where idle replicas sleep. */
  readonly published: Signal
  /** Notified by verdicts, consumer positions and freed outbox room: where blocked replicas sleep. */
  readonly progress: Signal

  /** `holder` names this thread as a holder of the role: a replica's id, or any number of its own from 0. */
  constructor(region: Region, layout: ChannelLayout, holder: number) {
    this.#words = region.words
    this.#layout = layout
    this.#control = layout.controlWord
    this.#slots = layout.slotsWord
    this.#slotWords = layout.slotBytes / 4
    this.#mask = layout.slotCount - 1
    this.#holder = holder
    this.published = new Signal(region, layout.controlWord + ChannelWord.published)
    this.progress = new Signal(region, layout.controlWord + ChannelWord.progress)
  }

  get slotCount(): number {
    return this.#layout.slotCount
  }

  // ── any thread ──────────────────────────────────────────────────────────

  /** Index of the next request to be published: all before it are visible to this thread. */
  get tail(): number {
    return Atomics.load(this.#words, this.#control + ChannelWord.tail)
  }

  /** Word offset of the slot of a channel index. */
  slotOf(index: number): number {
    return this.#slots + (index & this.#mask) * this.#slotWords
  }

  /** Index of the next request that a replica will finish; all before it are done, their actions too. */
  positionOf(replica: number): number {
    return Atomics.load(this.#words, consumerWord(this.#layout, replica) + ConsumerWord.position)
  }

  isActive(replica: number): boolean {
    return Atomics.load(this.#words, consumerWord(this.#layout, replica) + ConsumerWord.active) !== 0
  }

  /** Whether all active replicas are done with a request. */
  hasPassed(index: number): boolean {
    return ((this.#slowest(this.tail, this.#layout.replicas) - index) | 0) > 0
  }

  /**
   * Whether some active replica holds up the whole ring. The answer may be old at once, unless the caller
   * holds the role.
   */
  get isFull(): boolean {
    const tail = this.tail
    return ((tail - this.#slowest(tail)) | 0) >= this.#layout.slotCount
  }

  // ── the producer role ───────────────────────────────────────────────────

  /** Takes the producer role if it is free; never waits. False also once the channel is closing. */
  tryAcquireProducer(): boolean {
    const role = this.#control + ChannelWord.role
    if (Atomics.load(this.#words, role) !== roleFree || this.isClosing) return false
    if (Atomics.compareExchange(this.#words, role, roleFree, this.#holder + 1) !== roleFree) return false
    this.#publishedSinceAcquired = false
    return true
  }

  /**
   * Gives the role back. If anything was published, those who sleep are told once more: one of them may have
   * found the role taken, and it is free only now.
   */
  releaseProducer(): void {
    Atomics.store(this.#words, this.#control + ChannelWord.role, roleFree)
    if (this.#publishedSinceAcquired || this.isClosing) this.published.notify()
  }

  /**
   * Holder only. Slots that can be filled now, 0 … slotCount. Reads the consumers' positions only if fewer
   * than `wanted` slots are known to be free. So more may be free than it answers, but then the answer is at
   * least `wanted`.
   */
  freeSlots(wanted = 1): number {
    const words = this.#words
    const minimumAt = this.#control + ChannelWord.minimum
    const tail = words[this.#control + ChannelWord.tail] as number
    const known = (this.#layout.slotCount - (tail - (words[minimumAt] as number))) | 0
    if (known >= wanted) return known
    const minimum = this.#slowest(tail)
    words[minimumAt] = minimum
    return (this.#layout.slotCount - (tail - minimum)) | 0
  }

  /** Holder only. The slot of the k-th request from now, 0 ≤ k < freeSlots(): to be filled in place. */
  slotAhead(k: number): number {
    return this.slotOf((this.#words[this.#control + ChannelWord.tail] as number) + k)
  }

  /** Holder only. Index of the k-th request from now. */
  indexAhead(k: number): number {
    return ((this.#words[this.#control + ChannelWord.tail] as number) + k) | 0
  }

  /** Holder only. Publishes the next `count` slots in order, 0 ≤ count ≤ freeSlots(), and wakes who sleeps. */
  publish(count: number): void {
    const words = this.#words
    const tailAt = this.#control + ChannelWord.tail
    const first = words[tailAt] as number
    const minimum = words[this.#control + ChannelWord.minimum] as number
    assert(((first + count - minimum) | 0) <= this.#layout.slotCount, 'published more slots than are free')
    // Plain stores suffice: whoever looks at a slot has seen the tail, which is stored last. An atomic store
    // would wait for the slot's cache line to come from another processor before the next line is requested.
    for (let k = 0; k < count; k++) {
      const index = (first + k) | 0
      const slot = this.slotOf(index)
      words[slot + SlotWord.verdict] = verdictPending
      // Any value but index + 1 means unclaimed. A value of 2^32 requests ago could be equal, so it is
      // overwritten; the cache line is ours by now anyway.
      words[slot + SlotWord.claim] = index
      words[slot + SlotWord.performer] = index
      words[slot + SlotWord.sequence] = (index + 1) | 0
    }
    Atomics.store(words, tailAt, (first + count) | 0)
    this.#publishedSinceAcquired = true
    this.published.notify()
  }

  /** Holder only. Time of the newest request: a later one must not be earlier than this. */
  get lastTime(): number {
    return this.#words[this.#control + ChannelWord.lastTime] as number
  }

  set lastTime(micros: number) {
    this.#words[this.#control + ChannelWord.lastTime] = micros
  }

  // ── replicas ────────────────────────────────────────────────────────────

  /** Claims the check of a published request that this replica has not passed. True for exactly one replica. */
  tryClaimCheck(slot: number, index: number): boolean {
    const at = slot + SlotWord.claim
    const claimed = (index + 1) | 0
    const seen = Atomics.load(this.#words, at)
    return seen !== claimed && Atomics.compareExchange(this.#words, at, seen, claimed) === seen
  }

  /** 0 while the check is pending. After any other value, what the check wrote to the slot is visible. */
  verdictOf(slot: number): number {
    return Atomics.load(this.#words, slot + SlotWord.verdict)
  }

  /** The claimant only. Hands over the verdict and what the check wrote to the slot. */
  setVerdict(slot: number, verdict: number): void {
    assert(verdict !== verdictPending, 'a check returned the pending verdict')
    Atomics.store(this.#words, slot + SlotWord.verdict, verdict)
    this.progress.notify()
  }

  /** Whether the slot still holds the request of this index: false would mean that it was overwritten. */
  holds(slot: number, index: number): boolean {
    return this.#words[slot + SlotWord.sequence] === ((index + 1) | 0)
  }

  /** The replica only. It is done with all requests before `position`, which only grows. */
  setPosition(replica: number, position: number): void {
    Atomics.store(this.#words, consumerWord(this.#layout, replica) + ConsumerWord.position, position)
    this.progress.notify()
  }

  /**
   * Any thread. Whether this replica, or other holder, has the producer role: the answer lasts only if that
   * thread is dead.
   */
  isHolder(holder: number): boolean {
    return Atomics.load(this.#words, this.#control + ChannelWord.role) === holder + 1
  }

  // ── coming and going ────────────────────────────────────────────────────

  /**
   * Holder only. Lets the ring wait for a replica from `position` on, which the replica has reached by a snapshot;
   * not behind the slowest active replica, whose slots are still there.
   */
  join(replica: number, position: number): void {
    const consumer = consumerWord(this.#layout, replica)
    const tail = this.tail
    assert(
      ((position - this.#slowest(tail)) | 0) >= 0 && ((tail - position) | 0) >= 0,
      'joined where slots are gone',
    )
    Atomics.store(this.#words, consumer + ConsumerWord.position, position)
    Atomics.store(this.#words, consumer + ConsumerWord.active, 1)
  }

  /**
   * Any thread. The ring no longer waits for this replica, which runs no more; if it held the producer role, the role
   * is free. What it had claimed and not done stays undone.
   */
  remove(replica: number): void {
    Atomics.store(this.#words, consumerWord(this.#layout, replica) + ConsumerWord.active, 0)
    Atomics.compareExchange(this.#words, this.#control + ChannelWord.role, replica + 1, roleFree)
    this.published.notify()
    this.progress.notify()
  }

  /**
   * Any thread. From now on nobody takes the producer role. Once its holder gave it back and a replica noticed, the
   * channel is closed: the tail is final. Whoever calls this also ends the holder's wait by the source's own means.
   */
  close(): void {
    Atomics.store(this.#words, this.#control + ChannelWord.closing, 1)
    this.published.notify()
    this.progress.notify()
  }

  get isClosing(): boolean {
    return Atomics.load(this.#words, this.#control + ChannelWord.closing) !== 0
  }

  /** Any thread. Whether the tail is final; makes it so if the channel is closing and nobody holds the role. */
  tryClose(): boolean {
    if (!this.isClosing) return false
    const role = this.#control + ChannelWord.role
    const seen = Atomics.compareExchange(this.#words, role, roleFree, roleClosed)
    if (seen === roleFree) this.published.notify()
    return seen === roleFree || seen === roleClosed
  }

  /** The position of the slowest active of the first `consumers`; the tail if there is none. */
  #slowest(tail: number, consumers = this.#layout.consumers): number {
    let slowest = tail
    for (let replica = 0; replica < consumers; replica++) {
      if (!this.isActive(replica)) continue
      const position = this.positionOf(replica)
      if (((position - slowest) | 0) < 0) slowest = position
    }
    return slowest
  }
}
