/**
 * The monitor's end of coming and going: excludes replicas whose threads have ended, has newcomers admitted,
 * orders replicas to leave. One thread uses it, which is no replica's. Nothing here waits. A call that
 * answers false is to be made again later.
 *
 * Invariant: a newcomer has one sponsor at a time, and a replica one order.
 */

import { sealOf } from '../contract/action-queue.ts'
import { assert } from '../memory/assert.ts'
import { Admission, MembershipWord, memberWord, Order, queueStorage } from './membership-layout.ts'
import { Rescuer, type RescuerParts } from './rescuer.ts'

export class Membership {
  readonly #parts: RescuerParts
  readonly #rescuer: Rescuer
  readonly #words: Int32Array
  /** Threads that have ended, and are not out yet. */
  readonly #dead = new Set<number>()

  constructor(parts: RescuerParts) {
    this.#parts = parts
    this.#rescuer = new Rescuer(parts)
    this.#words = parts.region.words
  }

  /** Replicas whom the ring waits for and whose threads run, as far as known here. */
  get living(): number[] {
    const { layout, channel } = this.#parts
    const replicas = Array.from({ length: layout.channel.replicas }, (_, replica) => replica)
    return replicas.filter((replica) => channel.isActive(replica) && !this.#dead.has(replica))
  }

  /**
   * Finishes what a dead replica left and takes it out of the ring. Its thread must have ended, and one
   * replica must survive. False while the survivors are not far enough.
   */
  tryExclude(dead: number): boolean {
    this.#dead.add(dead)
    if (!this.#rescuer.tryExclude(dead)) return false
    this.#dead.delete(dead)
    return true
  }

  /** Before a newcomer's thread starts, under the number of a replica that is not active. */
  prepare(newcomer: number): void {
    const { layout, channel, region } = this.#parts
    assert(!channel.isActive(newcomer), 'a newcomer has the number of an active replica')
    const member = memberWord(layout.membership, newcomer)
    for (const word of [MembershipWord.order, MembershipWord.admission, MembershipWord.checking]) {
      Atomics.store(this.#words, member + word, 0)
    }
    const queue = queueStorage(region, layout.membership, newcomer)
    Atomics.store(queue, sealOf(queue), 0)
  }

  /**
   * Orders a living replica to sponsor a waiting newcomer, if none does yet, and wakes it. True once the
   * newcomer was let in.
   */
  tryAdmit(newcomer: number): boolean {
    const admission = this.#load(newcomer, MembershipWord.admission)
    if (admission !== Admission.awaited) return admission === Admission.granted
    if (!this.#hasSponsor(newcomer)) {
      for (const replica of this.living) if (this.tryOrder(replica, Order.sponsor, newcomer)) break
    }
    this.#rescuer.wakeAll()
    return false
  }

  /** False while the replica has another order. */
  tryOrder(replica: number, order: number, argument = 0): boolean {
    if (this.#load(replica, MembershipWord.order) !== Order.none) return false
    const member = memberWord(this.#parts.layout.membership, replica)
    Atomics.store(this.#words, member + MembershipWord.argument, argument)
    Atomics.store(this.#words, member + MembershipWord.order, order)
    this.#rescuer.wakeAll()
    return true
  }

  /** A dead sponsor counts until it is out: it may have joined the newcomer already. */
  #hasSponsor(newcomer: number): boolean {
    return [...this.living, ...this.#dead].some(
      (replica) =>
        this.#load(replica, MembershipWord.order) === Order.sponsor &&
        this.#load(replica, MembershipWord.argument) === newcomer,
    )
  }

  #load(replica: number, word: number): number {
    return Atomics.load(this.#words, memberWord(this.#parts.layout.membership, replica) + word)
  }
}
