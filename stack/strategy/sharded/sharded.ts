/**
 * A worker of the sharded strategy (connection parallelism): the whole protocol for the connections that hash to it, on
 * a state of its own. Any worker may read the device; what is not its own it hands to the owner.
 *
 * Who reads: the preferred worker (see `preference.ts`); the others leave the device to it while it is awake.
 * If no worker is preferred, every worker reads, in every round and before it handles what it has. What it
 * emits is answered at once, and a device that nobody reads meanwhile overflows: the answers are lost, those
 * to probes and retransmissions, too.
 *
 * Who sleeps where: a worker that finds the role free sleeps in the device, holding it; else on its own
 * signal, which is notified by hand-overs, by the application, and by a worker that is about to be busy, so
 * that another watches the device. A worker that cannot go on, because the application is behind with upcalls,
 * gives up being preferred. It wakes the others to watch the device, and sleeps until there is room.
 *
 * What workers still share is the device's queue: when frames for one worker overflow it, the others lose theirs. A TAP
 * queues 1000 frames (`ip link set … txqueuelen`).
 *
 * Called by the one thread that owns it. Invariant: requests of one connection are applied in the order in which they
 * were read, times never run backwards.
 */

import type { Device } from '../../device/device.ts'
import type { Clock } from '../../device/kernel/clock.ts'
import type { RandomSource } from '../../device/random.ts'
import type { Channel } from '../../dominoes/channel/channel.ts'
import type { Mailbox } from '../../dominoes/channel/mailbox.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { notBefore } from '../../dominoes/contract/request-time.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { askingWeight } from '../../dominoes/replica/replica.ts'
import { MailWord, postedArguments, Request } from '../../protocol/requests.ts'
import { forgetFrame, letGoOfFrame } from '../parts/slot-frame.ts'
import type { ActionRunner } from '../perform/action-runner.ts'
import type { StrategyThread } from '../strategy.ts'
import type { Preference } from './preference.ts'
import { ShardCounter } from './shard-counters.ts'
import { readBatch, type ShardReader } from './shard-reader.ts'
import type { SlotPool } from './slot-pool.ts'
import { giveBack } from './slot-pool.ts'
import type { SlotQueue } from './slot-queue.ts'

export interface ShardedParts {
  readonly worker: number
  readonly words: Int32Array
  readonly domain: Domain
  readonly runner: ActionRunner
  readonly reader: ShardReader
  readonly pool: SlotPool
  /** Requests that this worker is to apply, in order. */
  readonly queue: SlotQueue
  readonly posted: Mailbox
  readonly handed: Mailbox
  readonly channel: Channel
  readonly device: Device
  readonly clock: Clock
  readonly random: RandomSource
  readonly counters: Counters
  readonly shardCounters: Counters
  /** Of every worker. */
  readonly news: readonly Signal[]
  readonly room: Signal
  readonly preference: Preference
  readonly awakeWords: readonly number[]
}

/** Most requests of the application that are taken before they are handled. */
const takeLimit = 64
/** Rounds without work after which a worker reads although another is preferred, which seems to be busy. */
const patienceRounds = 256

/** Longest sleep of a worker whose slots are all lent: nobody notifies it when one comes back. */
const lentMicros = 1000

const none = -1

export class Sharded implements StrategyThread {
  readonly #parts: ShardedParts
  #inHand = none
  #index = 0
  #lastTime: number
  #idleRounds = 0
  #asked = false

  constructor(parts: ShardedParts) {
    this.#parts = parts
    this.#lastTime = parts.clock.nowMicros()
  }

  get idleWeight(): number {
    return this.#asked ? askingWeight : 1
  }

  get isFinished(): boolean {
    return this.#parts.channel.isClosing && this.#inHand === none && this.#parts.queue.count === 0
  }

  finish(): void {}

  microsUntilDeadline(nowMicros: number): number {
    return this.#parts.domain.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    this.#asked = false
    const work = this.#round()
    if (work > 0) {
      this.#idleRounds = 0
      return work
    }
    this.#idleRounds += 1
    this.#parts.counters.add(Counter.idles, 1)
    return 0
  }

  #round(): number {
    const completed = this.#inHand === none ? 0 : 1
    if (completed > 0 && !this.#complete()) return 0
    const { queue } = this.#parts
    const taken = this.#takePosted() + this.#takeHanded()
    const read = this.#tryRead()
    // No tick if the read batch was full: a frame still in the device may cancel the timer.
    if (queue.count === 0 && read < readBatch) this.#tickIfDue()
    return completed + taken + read + this.#handleQueue()
  }

  // ── requests ────────────────────────────────────────────────────────────

  #handleQueue(): number {
    const { queue } = this.#parts
    let handled = 0
    while (queue.count > 0) {
      handled += 1
      if (!this.#handle(queue.take())) break
    }
    return handled
  }

  /** False if an action cannot be performed yet: the request stays in hand. */
  #handle(slot: number): boolean {
    const { words, domain, runner, counters } = this.#parts
    this.#index = (this.#index + 1) | 0
    words[slot + SlotWord.sequence] = this.#index
    words[slot + SlotWord.time] = this.#later(words[slot + SlotWord.time] as number)
    if (domain.needsCheck(slot)) {
      words[slot + SlotWord.verdict] = domain.check(slot)
      counters.add(Counter.checked, 1)
    }
    domain.apply(slot)
    runner.assign(slot)
    counters.add(Counter.applied, 1)
    this.#inHand = slot
    return this.#complete()
  }

  #complete(): boolean {
    const { domain, runner, pool, words } = this.#parts
    const slot = this.#inHand
    for (;;) {
      if (!runner.run()) return false
      if (!domain.hasMore()) break
      domain.resume()
      runner.assign(slot)
    }
    this.#inHand = none
    letGoOfFrame(words, slot)
    if (pool.owns(slot)) pool.give(slot)
    else giveBack(words, slot)
    return true
  }

  #later(time: number): number {
    this.#lastTime = notBefore(this.#lastTime, time)
    return this.#lastTime
  }

  // ── where they come from ────────────────────────────────────────────────

  #takeHanded(): number {
    const { handed, queue, words, shardCounters } = this.#parts
    let count = 0
    for (;;) {
      const record = handed.peek()
      if (record < 0) break
      queue.put(words[record + MailWord.kind] as number)
      handed.advance()
      count += 1
    }
    if (count > 0) shardCounters.add(ShardCounter.takenOver, count)
    return count
  }

  #takePosted(): number {
    const { posted, pool, words, clock } = this.#parts
    let count = 0
    while (count < takeLimit) {
      const record = posted.peek()
      if (record < 0) break
      const slot = pool.take()
      if (slot < 0) break
      this.#fill(slot, words[record + MailWord.kind] as number, clock.nowMicros())
      for (let k = 0; k < postedArguments; k++) {
        words[slot + SlotWord.arguments + k] = words[record + MailWord.arguments + k] as number
      }
      posted.advance()
      count += 1
    }
    return count
  }

  #tickIfDue(): void {
    const { domain, clock, pool } = this.#parts
    const now = this.#later(clock.nowMicros())
    if (domain.microsUntilDeadline(now) > 0) return
    const slot = pool.take()
    if (slot >= 0) this.#fill(slot, Request.tick, now)
  }

  #fill(slot: number, kind: number, now: number): void {
    const { words, random, queue } = this.#parts
    words[slot + SlotWord.kind] = kind
    words[slot + SlotWord.time] = now
    words[slot + SlotWord.random] = random.next()
    words[slot + SlotWord.length] = 0
    forgetFrame(words, slot)
    queue.put(slot)
  }

  #tryRead(): number {
    const { channel } = this.#parts
    if (!this.#mayRead() || !channel.tryAcquireProducer()) return 0
    const count = this.#read()
    channel.releaseProducer()
    this.#seekCompany()
    return count
  }

  /**
   * Called after the role was given up. With one request this worker will read again soon enough; with more,
   * it wakes another to watch the device.
   */
  #seekCompany(): void {
    const { words, queue, preference, awakeWords, news, worker } = this.#parts
    if (queue.count <= 1 || preference.worker >= 0) return
    for (let k = 1; k < news.length; k++) {
      const other = (worker + k) % news.length
      if (Atomics.load(words, awakeWords[other] as number) !== 0) continue
      if ((news[other] as Signal).notify()) return
    }
  }

  /**
   * Called with the role held, so nobody hands anything over meanwhile. What was handed to this worker was
   * read before, so it goes first.
   */
  #read(): number {
    const { reader, clock, counters } = this.#parts
    this.#asked = true
    counters.add(Counter.polls, 1)
    this.#takeHanded()
    const count = reader.read(clock.nowMicros(), this.#isCurrent())
    counters.add(Counter.published, count)
    return count
  }

  /** Whether nothing waits here that could change what a connection expects, or end it: reads and sends do not. */
  #isCurrent(): boolean {
    const { queue, words } = this.#parts
    if (this.#inHand !== none) return false
    for (let k = 0; k < queue.count; k++) {
      const kind = words[queue.at(k) + SlotWord.kind] as number
      if (kind !== Request.read && kind !== Request.send) return false
    }
    return true
  }

  /** Also true if a timer of its own is due: see `#round`. */
  #mayRead(): boolean {
    const { worker, preference, domain, clock } = this.#parts
    const preferred = preference.worker
    if (preferred < 0 || preferred === worker || this.#idleRounds > patienceRounds) return true
    return domain.microsUntilDeadline(clock.nowMicros()) === 0
  }

  // ── sleep ───────────────────────────────────────────────────────────────

  park(micros: number): void {
    const { words, counters, awakeWords, worker } = this.#parts
    counters.add(Counter.parks, 1)
    Atomics.store(words, awakeWords[worker] as number, 0)
    if (this.#inHand !== none) this.#parkBlocked(micros)
    else this.#parkIdle(micros)
    Atomics.store(words, awakeWords[worker] as number, 1)
  }

  #parkBlocked(micros: number): void {
    const { room } = this.#parts
    const token = room.prepare()
    if (this.#complete()) return
    this.#abdicate()
    room.wait(token, micros)
  }

  #abdicate(): void {
    const { worker, preference, news } = this.#parts
    preference.giveUp(worker)
    for (const signal of news) signal.notify()
  }

  #parkIdle(micros: number): void {
    const { channel, news, worker, pool } = this.#parts
    const signal = news[worker] as Signal
    // Before it looks who watches the device: a worker that stops watching notifies this signal.
    const token = signal.prepare()
    const canRead = pool.hasSpare()
    if (!canRead || this.#isLeftToAnother() || !channel.tryAcquireProducer()) {
      const limit = this.#sleepLimit(canRead ? micros : Math.min(micros, lentMicros))
      if (limit > 0) signal.wait(token, limit)
      return
    }
    // With the role held: whoever finds the signal announced then finds the role taken, and wakes the device.
    signal.prepare()
    if (this.#read() === 0) {
      const limit = this.#sleepLimit(micros)
      if (limit > 0) this.#parts.device.wait(limit)
      this.#read()
    }
    channel.releaseProducer()
    this.#seekCompany()
  }

  /** Another worker gets all the traffic and is at work: it will look at the device before it sleeps. */
  #isLeftToAnother(): boolean {
    const { words, worker, preference, awakeWords } = this.#parts
    const preferred = preference.worker
    if (preferred < 0 || preferred === worker) return false
    return Atomics.load(words, awakeWords[preferred] as number) !== 0
  }

  /** How long this worker may sleep, at most `micros`; 0 if there is something to do. */
  #sleepLimit(micros: number): number {
    const { channel, handed, posted, domain, clock } = this.#parts
    if (channel.isClosing || handed.size > 0 || posted.size > 0) return 0
    return Math.min(micros, domain.microsUntilDeadline(clock.nowMicros()))
  }
}
