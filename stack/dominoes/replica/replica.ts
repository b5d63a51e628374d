/**
 * The replica loop: runs one instance of a domain over a replicated channel. The same body runs in worker threads and,
 * interleaved, on one thread in tests. Called by the one thread that owns the replica.
 *
 * A round (`doWork`):
 *  1. For each published request in index order: see that it is checked, apply it, perform the actions that
 *     this replica claims, pass it. While a verdict is pending elsewhere, later requests are checked ahead of
 *     time. An action that cannot be performed yet stays in hand, claimed, and comes first in the next round.
 *     If the last request emitted much, the source is polled before any of it is performed.
 *  2. When all is applied: try the producer role, poll the source, give the role back.
 *  3. When there is nothing: return 0, and the idle strategy decides. It may `park`.
 *
 * Invariant: a replica's consumer position passes an index only when all actions it owns up to there are performed, and
 * the position is published before the replica idles, or polls because it found nothing to apply. The source is polled
 * only by a replica that has applied everything up to the tail, so its domain's deadline is the true one.
 *
 * Who sleeps where, and who wakes whom:
 *
 *   state of the replica               sleeps in           woken by
 *   ─ nothing to do, role free         source.wait,        the source's own means (a frame, a doorbell), the
 *                                      holding the role    domain's next deadline
 *   ─ nothing to do, role taken        signal published    publish; the role given back after a publish
 *   ─ a verdict pending elsewhere      signal progress     the verdict
 *   ─ an action not performable yet    signal progress     whoever lifts the cause (an outbox reader does)
 *   ─ ring full, all applied here      signal progress     the slowest replica's position
 *
 *  a. If no replica is at work, one watches the source: a replica sleeps on `published` only if, after
 *     announcing itself, it found the role taken. The holder then either publishes, which wakes the sleeper;
 *     or gives the role back without having published, and is awake itself: it polls again, or sleeps in the
 *     source. So with all replicas asleep, one sleeps in the source, holding the role.
 *  b. While the holder sleeps in the source, nobody else can move the tail, and the holder has applied up to
 *     it: its deadline stays true. A replica busy with a long action needs nobody; when done, it finds the
 *     role taken and sleeps on `published`, or finds it free.
 *  c. A holder that publishes and then turns to long work gave the role back and notified after that; a
 *     sleeper that was woken by the publish, and went back to sleep because the role was still taken, is
 *     woken again.
 *  d. When an application posts while all are asleep, the source's wait must end: the source announces itself
 *     on a doorbell signal, looks again at the mailbox and at `isClosing`, then waits; the application posts
 *     (or closes), then notifies the doorbell.
 *  e. A blocked replica does not watch the source. It is blocked at a published request, of which the others
 *     were notified, too; the first of them that has applied everything watches the source. With one replica
 *     the application's back-pressure stops the source, as it should. A full ring cannot be fed, so then
 *     nobody need watch the source.
 *  f. Closing: `close` wakes every sleeper; the holder's wait is ended by the source's means, and its release
 *     notifies.
 */

import type { DigestWriter } from '../audit/digest-board.ts'
import type { Witness } from '../audit/witness.ts'
import type { Channel } from '../channel/channel.ts'
import type { ClaimPolicy } from '../claims/claim-policy.ts'
import type { Domain, Source } from '../contract/domain.ts'
import type { Orders } from '../membership/orders.ts'
import { assert } from '../memory/assert.ts'
import { Counter, type Counters } from '../memory/counters.ts'
import { ActionPerformer, muchToDo } from './action-performer.ts'
import type { Parker } from './idle.ts'
import { type CheckNote, RequestChecker } from './request-checker.ts'

export interface ReplicaParts {
  /** 0 … replicas - 1. */
  readonly id: number
  readonly domain: Domain
  /** If left out, another thread holds the producer role and feeds the channel. */
  readonly source?: Source
  /** This thread's own, made with this id. */
  readonly channel: Channel
  readonly claims: ClaimPolicy
  readonly counters: Counters
  readonly digests: DigestWriter
  /** Applies part of the requests a second time; see witness.ts. */
  readonly witness?: Witness
  /** Where the check in hand is noted, and what a monitor orders; left out: nobody comes or goes. */
  readonly checkNote?: CheckNote
  readonly orders?: Orders
  /** Microseconds, 32 bits, wrapping: the clock that also stamps requests. */
  readonly nowMicros: () => number
  /** Most requests applied in one round. Default 64. */
  readonly batch?: number
  /** How far beyond a pending verdict requests are checked ahead. Default 16. */
  readonly checkAhead?: number
}

/** Why a round ended before the tail, or could not feed the channel. */
const Blocked = { nothing: 0, verdict: 1, action: 2, fullRing: 3 } as const

/** What an idle round that polled the source weighs, where a round that did not weighs 1. */
export const askingWeight = 4

export class Replica implements Parker {
  readonly id: number
  readonly #domain: Domain
  readonly #checker: RequestChecker
  readonly #performer: ActionPerformer
  readonly #source: Source | undefined
  readonly #channel: Channel
  readonly #counters: Counters
  readonly #digests: DigestWriter
  readonly #witness: Witness | undefined
  readonly #orders: Orders | undefined
  readonly #nowMicros: () => number
  readonly #batch: number
  /** Requests passed between two publications of the consumer position. */
  readonly #positionStride: number

  /** The next request to be applied, or the one in hand. */
  #position: number
  #publishedPosition: number
  /** The channel's tail when last looked at. */
  #tail: number
  #blocked: number = Blocked.nothing
  /** The source was polled in this round. */
  #asked = false
  /** The request at `position` is applied, its actions are not all done. */
  #isInHand = false

  constructor(parts: ReplicaParts) {
    const { id, domain, channel, counters } = parts
    const position = channel.positionOf(id)
    this.id = id
    this.#domain = domain
    const ahead = parts.checkAhead ?? 16
    this.#checker = new RequestChecker(domain, channel, counters, position, ahead, parts.checkNote)
    const seals = parts.orders !== undefined
    this.#performer = new ActionPerformer(domain, parts.claims, counters, seals, () => this.#askAhead())
    this.#source = parts.source
    this.#channel = channel
    this.#counters = counters
    this.#digests = parts.digests
    this.#witness = parts.witness
    this.#orders = parts.orders
    this.#nowMicros = parts.nowMicros
    this.#batch = parts.batch ?? 64
    this.#positionStride = Math.max(1, Math.min(16, channel.slotCount >> 3))
    this.#position = position
    this.#publishedPosition = position
    this.#tail = position
  }

  /** Index of the next request to be applied, or of the one whose actions are in hand. */
  get position(): number {
    return this.#position
  }

  /** Whether the channel is closed and everything in it is done here. */
  get isFinished(): boolean {
    return this.#channel.tryClose() && !this.#isInHand && this.#position === this.#channel.tail
  }

  /** Whether a monitor ordered this replica to leave: it runs no more, wherever it was. */
  get hasLeft(): boolean {
    return this.#orders?.hasLeft ?? false
  }

  /** One round; returns the work done, 0 if there was nothing that could be done. Never blocks. */
  doWork(): number {
    this.#orders?.attend(this.#position, !this.#isInHand)
    this.#asked = false
    let work = this.#handleRequests()
    if (work === 0 && this.#blocked === Blocked.nothing) work = this.#feed()
    if (work === 0) this.#counters.add(Counter.idles, 1)
    return work
  }

  /** Looking at shared memory is cheap, asking the source is not. */
  get idleWeight(): number {
    return this.#asked ? askingWeight : 1
  }

  /** Sleeps until there may be work, at most `micros`; see the table at the top. */
  park(micros: number): void {
    this.#counters.add(Counter.parks, 1)
    if (this.#blocked !== Blocked.nothing) this.#parkBlocked(micros)
    else this.#parkIdle(micros)
  }

  /** Digest of the state as it is: after the request before `position`. */
  digest(): number {
    return this.#domain.digest()
  }

  /** Leaves the final digest on the board, once this replica runs no more. */
  recordFinalDigest(): void {
    this.#witness?.atEnd(this.#position)
    this.#digests.recordFinal(this.#position, this.#domain.digest())
    this.#counters.add(Counter.digests, 1)
  }

  // ── requests ────────────────────────────────────────────────────────────

  #handleRequests(): number {
    this.#blocked = Blocked.nothing
    let work = this.#isInHand ? 1 : 0
    if (this.#isInHand && !this.#completeRequest()) return 0
    while (work < this.#batch) {
      const index = this.#position
      if (index === this.#tail) {
        this.#tail = this.#channel.tail
        if (index === this.#tail) break
      }
      const slot = this.#channel.slotOf(index)
      work += 1
      if (!this.#checker.isReady(slot, index)) {
        if (this.#checker.checkAhead(index)) continue
        this.#blocked = Blocked.verdict
        work -= 1
        break
      }
      this.#apply(slot, index)
      if (!this.#completeRequest()) break
    }
    this.#publishPosition()
    return work
  }

  #apply(slot: number, index: number): void {
    assert(this.#channel.holds(slot, index), 'a slot was overwritten before it was applied')
    this.#domain.apply(slot)
    this.#isInHand = true
    this.#counters.add(Counter.applied, 1)
    // Publish the position first: others may wait for it, and performing takes a while.
    if (this.#domain.actions.count >= muchToDo) this.#publishPosition()
  }

  /** Performs what is in hand and passes the request; false if an action cannot be performed yet. */
  #completeRequest(): boolean {
    const slot = this.#channel.slotOf(this.#position)
    if (!this.#performer.performAll(slot, this.#position)) {
      this.#blocked = Blocked.action
      return false
    }
    this.#witness?.follow(slot)
    this.#isInHand = false
    this.#position = (this.#position + 1) | 0
    if (this.#digests.isDue(this.#position)) {
      this.#witness?.atMark(this.#position)
      this.#digests.record(this.#position, this.#domain.digest())
      this.#counters.add(Counter.digests, 1)
    }
    if (((this.#position - this.#publishedPosition) | 0) >= this.#positionStride) this.#publishPosition()
    return true
  }

  #publishPosition(): void {
    if (this.#publishedPosition === this.#position) return
    this.#publishedPosition = this.#position
    this.#channel.setPosition(this.id, this.#position)
  }

  // ── the source ──────────────────────────────────────────────────────────

  #feed(): number {
    if (this.#source === undefined || !this.#channel.tryAcquireProducer()) return 0
    const isAtTail = this.#isAtTail()
    const published = isAtTail ? this.#poll(this.#source) : 1
    this.#channel.releaseProducer()
    // This replica has work to do first: wake another, so that somebody watches the source.
    if (!isAtTail) this.#channel.published.notify()
    return published
  }

  /**
   * Polls the source after the last request was applied and before its actions are performed. The others
   * perform the actions meanwhile, and find the next request when they are done. Otherwise all would wait for
   * the poll.
   */
  #askAhead(): void {
    const channel = this.#channel
    const next = (this.#position + 1) | 0
    if (this.#source === undefined || channel.tail !== next || !channel.tryAcquireProducer()) return
    if (channel.tail === next) {
      this.#counters.add(Counter.polls, 1)
      this.#counters.add(Counter.published, this.#source.poll())
    }
    channel.releaseProducer()
    // This replica performs next: wake another, so that somebody watches the source.
    channel.published.notify()
  }

  /** Call with the role held: the tail does not move then. */
  #isAtTail(): boolean {
    this.#tail = this.#channel.tail
    return this.#position === this.#tail
  }

  #poll(source: Source): number {
    this.#counters.add(Counter.polls, 1)
    this.#asked = true
    const published = source.poll()
    if (published > 0) this.#counters.add(Counter.published, published)
    else if (this.#channel.freeSlots() === 0) this.#blocked = Blocked.fullRing
    return published
  }

  // ── sleep ───────────────────────────────────────────────────────────────

  #parkBlocked(micros: number): void {
    const channel = this.#channel
    const token = channel.progress.prepare()
    if (this.#blocked === Blocked.fullRing) {
      // Look again: the tail may have moved, and the ring may now be full of requests that this replica has
      // not applied.
      if (channel.tail !== this.#position || !channel.isFull || channel.isClosing) return
    } else if (this.#handleRequests() > 0 || this.#blocked === Blocked.nothing) {
      return
    }
    channel.progress.wait(token, micros)
  }

  #parkIdle(micros: number): void {
    const channel = this.#channel
    const token = channel.published.prepare()
    if (channel.tail !== this.#position || channel.tryClose()) return
    if (this.#source === undefined || !channel.tryAcquireProducer()) {
      channel.published.wait(token, micros)
      return
    }
    const isAtTail = this.#isAtTail()
    if (isAtTail) this.#mind(this.#source, micros)
    channel.releaseProducer()
    if (!isAtTail) channel.published.notify()
  }

  /** Sleeps in the source, holding the role and having applied everything. */
  #mind(source: Source, micros: number): void {
    if (this.#poll(source) > 0 || this.#blocked === Blocked.fullRing) return
    const deadline = this.#domain.microsUntilDeadline(this.#nowMicros())
    if (deadline > 0) source.wait(Math.min(deadline, micros))
    this.#poll(source)
  }
}
