/**
 * Finishes what a killed replica left, then lets the ring go on without it. Used by the monitor's thread,
 * after the dead replica's thread has ended for certain. The dead replica's position holds its slots until
 * the last step, and whatever else is reused only when all replicas have passed a request.
 *
 *   killed …                                    left behind                      what is done about it
 *   ─ before it claims a check                  the check is unclaimed           nothing: a survivor claims it
 *   ─ between claim and verdict                 claimed, verdict pending; no     checked here: a check depends on
 *                                               other notes that it checks it    the slot alone, and writes the same
 *   ─ in apply or resume, queue unsealed        nothing claimed of what is       nothing: survivors apply it, too
 *                                               queued
 *   ─ queue sealed, before a claim              the action is unclaimed          nothing: a survivor claims it, and
 *                                                                                all have passed it by now
 *   ─ after a claim, while performing           claimed, number uncommitted      performed here once all survivors
 *                                                                                have passed the request: what then
 *                                                                                is undone was the dead replica's
 *   ─ after the commit, before the queue        committed                        nothing: it is not undone
 *     is cleared
 *   ─ after passing a request, position         nothing                          nothing: the position is only older
 *     unpublished
 *   ─ holding the role, slots filled            slots beyond the tail            nothing: the next holder overwrites
 *   ─ holding the role, published, not yet      requests published that the      `recoverSource` takes them
 *     taken from where they came                source still has
 *   ─ after changing a thing, before notifying  sleepers not told                everybody is woken
 *   ─ as the sponsor of a newcomer              joined perhaps, not admitted     the newcomer is taken out again and
 *                                                                                waits for another sponsor
 *
 * Which actions may be left undone is the domain's decision: a frame that was not sent is lost as if on the wire.
 * It relies on claims of single actions, first come first served: with any other claim policy a dead replica may own
 * actions that its queue does not hold.
 */

import type { Channel } from '../channel/channel.ts'
import { outboxFilledWord } from '../channel/outbox.ts'
import { type ActionQueue, actionWords, sealOf } from '../contract/action-queue.ts'
import { SlotWord, verdictPending } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'
import { Admission, MembershipWord, memberWord, Order, queueStorage } from './membership-layout.ts'

/** An instance of the domain that applies nothing; `perform` reads the action from its own queue's words. */
export interface RescueDomain {
  readonly actions: ActionQueue
  check(slot: number): number
  perform(action: number, slot: number): boolean
  /**
   * Whether this action was not performed and must be; all living replicas have passed it. True only if that
   * is certain: performed a second time, late, it may overwrite what is newer.
   */
  isUndone(action: number): boolean
}

export interface RescuerParts {
  readonly region: Region
  readonly layout: FrameworkLayout
  readonly channel: Channel
  readonly domain: RescueDomain
  /** In place of a dead holder of the role: takes from the source what is published from index `from` to the tail. */
  readonly recoverSource?: (from: number) => void
}

export class Rescuer {
  readonly #parts: RescuerParts
  readonly #words: Int32Array

  constructor(parts: RescuerParts) {
    this.#parts = parts
    this.#words = parts.region.words
  }

  /** Goes as far as it can now; true once the replica is out. False: call again, the survivors are not there yet. */
  tryExclude(dead: number): boolean {
    const { channel, recoverSource } = this.#parts
    if (!this.#redoCheck(dead) || !this.#redoActions(dead)) return false
    this.#dropNewcomer(dead)
    if (channel.isHolder(dead)) recoverSource?.(channel.positionOf(dead))
    channel.remove(dead)
    Atomics.store(this.#words, this.#member(dead) + MembershipWord.order, Order.none)
    this.wakeAll()
    return true
  }

  /** Wakes everybody: a killed thread may have changed something without notifying. */
  wakeAll(): void {
    const { region, layout, channel } = this.#parts
    channel.published.wake()
    channel.progress.wake()
    new Signal(region, layout.doorbellWord).wake()
    for (const outbox of layout.outboxes) new Signal(region, outboxFilledWord(outbox)).wake()
  }

  #redoCheck(dead: number): boolean {
    const { channel, domain } = this.#parts
    const index = this.#checkOf(dead)
    if (index === undefined) return true
    const slot = channel.slotOf(index)
    const isClaimed = Atomics.load(this.#words, slot + SlotWord.claim) === ((index + 1) | 0)
    if (isClaimed && channel.verdictOf(slot) === verdictPending) {
      if (this.#isCheckedByAnother(dead, index)) return false
      // Read the verdict again after the others' words: one of them may just have finished.
      if (channel.verdictOf(slot) === verdictPending) channel.setVerdict(slot, domain.check(slot))
    }
    Atomics.store(this.#words, this.#member(dead) + MembershipWord.checking, 0)
    return true
  }

  /**
   * A replica sets `checking` before it claims. So while the verdict is pending, the word is right or about
   * to be cleared.
   */
  #isCheckedByAnother(dead: number, index: number): boolean {
    for (const other of this.#others(dead)) if (this.#checkOf(other) === index) return true
    return false
  }

  #checkOf(replica: number): number | undefined {
    const member = this.#member(replica)
    if (Atomics.load(this.#words, member + MembershipWord.checking) === 0) return undefined
    return Atomics.load(this.#words, member + MembershipWord.checkIndex)
  }

  #redoActions(dead: number): boolean {
    const { region, layout, channel, domain } = this.#parts
    const storage = queueStorage(region, layout.membership, dead)
    const seal = sealOf(storage)
    const count = Atomics.load(storage, seal)
    if (count === 0) return true
    const index = storage[seal + 1] as number
    for (const other of this.#others(dead)) {
      if (((channel.positionOf(other) - index) | 0) <= 0) return false
    }
    const record = domain.actions.words
    for (let action = 0; action < count * actionWords; action += actionWords) {
      for (let word = 0; word < actionWords; word++) record[word] = storage[action + word] as number
      if (domain.isUndone(0) && !domain.perform(0, channel.slotOf(index))) return false
    }
    Atomics.store(storage, seal, 0)
    return true
  }

  #dropNewcomer(dead: number): void {
    const member = this.#member(dead)
    if (Atomics.load(this.#words, member + MembershipWord.order) !== Order.sponsor) return
    const newcomer = Atomics.load(this.#words, member + MembershipWord.argument)
    const admission = Atomics.load(this.#words, this.#member(newcomer) + MembershipWord.admission)
    if (admission !== Admission.granted) this.#parts.channel.remove(newcomer)
  }

  #others(dead: number): number[] {
    const { channel, layout } = this.#parts
    const replicas = Array.from({ length: layout.channel.replicas }, (_, replica) => replica)
    return replicas.filter((replica) => replica !== dead && channel.isActive(replica))
  }

  #member(replica: number): number {
    return memberWord(this.#parts.layout.membership, replica)
  }
}
