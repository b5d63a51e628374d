/**
 * A thread of the locked strategy (message parallelism): reads a batch of requests, checks them, applies them
 * under the one lock around the one state, and performs what that emitted, while other threads do the same
 * with other batches.
 *
 *   read      holding the producer role, as everywhere; the batch gets a ticket
 *   check     no lock
 *   apply     under the lock, when all older batches are applied; frames that are too late are overtaken
 *   perform   no lock; payload copies, checksums, ciphers, transmission run in parallel
 *
 * What one apply leaves to be emitted (a large window) is in the shared state: any thread with nothing else
 * to do goes on with it, a few segments at a time.
 *
 * Called by the one thread that owns it. Invariant: the lock is never held between two calls of `doWork`, and nothing
 * that may have to wait is done while it is held.
 */

import type { Device } from '../../device/device.ts'
import type { Clock } from '../../device/kernel/clock.ts'
import type { Channel } from '../../dominoes/channel/channel.ts'
import type { Domain, Source } from '../../dominoes/contract/domain.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import { askingWeight } from '../../dominoes/replica/replica.ts'
import { Request } from '../../protocol/requests.ts'
import type { Lock } from '../parts/lock.ts'
import { HostArgument } from '../parts/slot-frame.ts'
import type { ActionRunner, EarlyFullQueue } from '../perform/action-runner.ts'
import type { StrategyThread } from '../strategy.ts'
import type { BatchSlots } from './batch-slots.ts'
import { LockCounter } from './lock-counters.ts'
import type { OrderBoard } from './order-board.ts'

export interface LockedParts {
  readonly thread: number
  readonly words: Int32Array
  readonly domain: Domain
  readonly queue: EarlyFullQueue
  readonly runner: ActionRunner
  readonly source: Source
  readonly slots: BatchSlots
  readonly channel: Channel
  readonly board: OrderBoard
  readonly lock: Lock
  readonly counters: Counters
  readonly lockCounters: Counters
  readonly clock: Clock
  readonly device: Device
}

/** Most requests that a thread takes at once. */
export const lockedBatch = 8
/**
 * Actions after which an apply leaves the rest to the next thread. So many segments are late when a thread is
 * preempted before it transmits. If they are later than the reordering window (RACK, 5 ms), they are taken
 * for lost and sent again; the congestion window is restored once the duplicates are reported. This is rare
 * where threads have cores of their own. Replicas are late as often, with one segment each, since they claim
 * one action at a time. Here one at a time would take the lock for every segment.
 */
export const lockedActions = 4
/** Room behind the limit for what requests emit directly, whatever the limit. */
export const lockedActionCapacity = 64 * 3

/**
 * How long a batch waits for older ones, in microseconds. Most threads are late by less, a preempted one by
 * far more.
 */
const turnMicros = 3000

/** What this thread has in hand. */
const Stage = { nothing: 0, batch: 1, actions: 2 } as const

const timedMask = 63

export class Locked implements StrategyThread {
  readonly #parts: LockedParts
  #stage: number = Stage.nothing
  /** The next request of the batch to be applied. */
  #next = 0
  /** When the batch began to wait for its turn. */
  #waitingSince = 0
  #isWaiting = false
  #acquisitions = 0
  #asked = false

  constructor(parts: LockedParts) {
    this.#parts = parts
  }

  get idleWeight(): number {
    return this.#asked ? askingWeight : 1
  }

  get isFinished(): boolean {
    return this.#stage === Stage.nothing && this.#parts.channel.tryClose()
  }

  finish(): void {}

  microsUntilDeadline(nowMicros: number): number {
    return this.#parts.domain.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    this.#asked = false
    const work = this.#step()
    if (work === 0) this.#parts.counters.add(Counter.idles, 1)
    return work
  }

  #step(): number {
    if (this.#stage === Stage.actions) return this.#perform()
    if (this.#stage === Stage.batch) return this.#applyBatch()
    const help = this.#help()
    return help > 0 ? help : this.#read()
  }

  // ── read and check ──────────────────────────────────────────────────────

  #read(): number {
    const { channel } = this.#parts
    if (!channel.tryAcquireProducer()) return 0
    const count = this.#poll()
    channel.releaseProducer()
    this.#begin(count)
    return count
  }

  /** Holding the role. */
  #poll(): number {
    const { source, board, counters, thread, slots, words } = this.#parts
    counters.add(Counter.polls, 1)
    this.#asked = true
    const count = source.poll()
    if (count === 0) return 0
    // What was posted comes first in a batch.
    board.takeTicket(thread, words[slots.slotAt(0) + HostArgument.isPosted] === 1)
    counters.add(Counter.published, count)
    return count
  }

  /**
   * Called after the role was given up. After a batch of one frame this thread will read again soon enough;
   * after a larger one it wakes another thread to go on reading.
   */
  #begin(count: number): void {
    if (count === 0) return
    if (count > 1) this.#parts.channel.published.notify()
    this.#checkBatch(count)
    this.#next = 0
    this.#isWaiting = false
    this.#stage = Stage.batch
  }

  #checkBatch(count: number): void {
    const { domain, slots, words, counters } = this.#parts
    for (let k = 0; k < count; k++) {
      const slot = slots.slotAt(k)
      if (!domain.needsCheck(slot)) continue
      words[slot + SlotWord.verdict] = domain.check(slot)
      counters.add(Counter.checked, 1)
    }
  }

  // ── apply ───────────────────────────────────────────────────────────────

  #applyBatch(): number {
    const { board, channel, thread } = this.#parts
    if (!this.#mayApply()) return 0
    const first = this.#next
    this.#isWaiting = false
    const timedFrom = this.#acquire()
    const index = board.applied
    this.#applyRequests(index)
    board.startPerforming(thread, index)
    this.#release(timedFrom)
    if (this.#next === this.#parts.slots.count) {
      board.endTurn(thread)
      channel.progress.notify()
    }
    this.#stage = Stage.actions
    return this.#next - first
  }

  /** Holding the lock. Stops early if what a request emits might not fit. */
  #applyRequests(firstIndex: number): void {
    const { domain, queue, slots, words, runner, board, counters } = this.#parts
    const first = this.#next
    const room = domain.actions.capacity - 64
    let index = firstIndex
    while (this.#next < slots.count && domain.actions.count <= room) {
      const slot = slots.slotAt(this.#next)
      index = (index + 1) | 0
      words[slot + SlotWord.sequence] = index
      queue.begin()
      domain.apply(slot)
      runner.assign(slot)
      this.#next += 1
    }
    board.applied = index
    counters.add(Counter.applied, this.#next - first)
  }

  #mayApply(): boolean {
    const { board, clock, lockCounters, thread } = this.#parts
    if (board.isTurnOf(thread)) return true
    const now = clock.nowMicros()
    if (!this.#isWaiting) {
      this.#isWaiting = true
      this.#waitingSince = now
    }
    if (((now - this.#waitingSince) | 0) < turnMicros || !board.mayOvertake(thread)) {
      lockCounters.add(LockCounter.turnsWaited, 1)
      return false
    }
    lockCounters.add(LockCounter.turnsOvertaken, 1)
    return true
  }

  /**
   * Goes on emitting what an earlier request of any thread left, by a tick and not by `resume`. Segments are
   * stamped with the time of the last request applied here, which may be long ago; a tick brings the present
   * time. The first look is without the lock and may be wrong.
   */
  #help(): number {
    const { domain, slots, words, runner, board, lockCounters, clock, thread } = this.#parts
    if (!domain.hasMore()) return 0
    const slot = slots.spareSlot
    words[slot + SlotWord.kind] = Request.tick
    const timedFrom = this.#acquire()
    const isNeeded = domain.hasMore()
    if (isNeeded) {
      // Read the clock with the lock held: waiting for it may have taken a while.
      words[slot + SlotWord.time] = clock.nowMicros()
      const index = board.applied
      words[slot + SlotWord.sequence] = index
      domain.apply(slot)
      runner.assign(slot)
      // The actions count as those of the request before. The next request may acknowledge what is sent again
      // here, and the room is reused once all requests before that one are passed.
      board.startPerforming(thread, (index - 1) | 0)
    }
    this.#release(timedFrom)
    if (!isNeeded) return 0
    lockCounters.add(LockCounter.helped, 1)
    this.#stage = Stage.actions
    return 1
  }

  #acquire(): number {
    const { lock, clock } = this.#parts
    lock.acquire()
    this.#acquisitions += 1
    return (this.#acquisitions & timedMask) === 0 ? clock.nowMicros() : 0
  }

  #release(timedFrom: number): void {
    const { lock, clock, lockCounters, channel, domain } = this.#parts
    const isMoreLeft = domain.hasMore()
    lock.release()
    if (isMoreLeft) channel.published.notify()
    if (timedFrom === 0) return
    lockCounters.add(LockCounter.lockHoldsTimed, 1)
    lockCounters.add(LockCounter.lockHeldMicros, (clock.nowMicros() - timedFrom) | 0)
  }

  // ── perform ─────────────────────────────────────────────────────────────

  #perform(): number {
    const { runner, board, slots, thread } = this.#parts
    if (!runner.run()) return 0
    board.donePerforming(thread)
    if (this.#next < slots.count) {
      this.#stage = Stage.batch
      return 1
    }
    slots.count = 0
    this.#next = 0
    this.#stage = Stage.nothing
    return 1
  }

  // ── sleep ───────────────────────────────────────────────────────────────

  /**
   * With something in hand, sleeps until another batch is applied or the application takes upcalls. With
   * nothing in hand, sleeps in the source, holding the role; or, if another thread holds it, until that one
   * publishes.
   */
  park(micros: number): void {
    const { channel, counters } = this.#parts
    counters.add(Counter.parks, 1)
    if (this.#stage === Stage.nothing) {
      this.#parkIdle(micros)
      return
    }
    const token = channel.progress.prepare()
    if (this.#step() > 0) return
    channel.progress.wait(token, this.#stage === Stage.batch ? Math.min(micros, turnMicros) : micros)
  }

  #parkIdle(micros: number): void {
    const { channel, domain, clock, source, device } = this.#parts
    const token = channel.published.prepare()
    if (domain.hasMore() || channel.tryClose()) return
    if (!channel.tryAcquireProducer()) {
      const deadline = domain.microsUntilDeadline(clock.nowMicros())
      channel.published.wait(token, Math.min(micros, deadline))
      // The thread that sleeps in the source went to sleep before this timer was armed.
      if (deadline < micros && domain.microsUntilDeadline(clock.nowMicros()) === 0) device.wake()
      return
    }
    let count = this.#poll()
    if (count === 0) {
      const deadline = domain.microsUntilDeadline(clock.nowMicros())
      if (deadline > 0) source.wait(Math.min(deadline, micros))
      count = this.#poll()
    }
    channel.releaseProducer()
    this.#begin(count)
  }
}
