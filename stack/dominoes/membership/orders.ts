/**
 * The replica's end of what a monitor orders: to leave, to stall, to sponsor a newcomer. Part of the replica
 * loop; called by the thread that owns the replica, between two rounds.
 *
 * A sponsor copies its state while the newcomer's thread waits. Then it joins the newcomer to the ring at its
 * own position. It holds the producer role for that, so that nobody counts free slots meanwhile. The
 * sponsor's position holds all slots from there on, so the newcomer misses no request after the snapshot.
 *
 * Invariant: an order is set back to none after it was carried out; a killed sponsor's order says what to clear up.
 */

import { type DigestLayout, startDigests } from '../audit/digest-board.ts'
import type { Channel } from '../channel/channel.ts'
import type { Domain } from '../contract/domain.ts'
import type { Region } from '../memory/region.ts'
import { Admission, type MembershipLayout, MembershipWord, memberWord, Order } from './membership-layout.ts'

export interface OrdersParts {
  readonly region: Region
  readonly membership: MembershipLayout
  readonly digests: DigestLayout
  readonly id: number
  readonly channel: Channel
  readonly domain: Domain
  /** The state buffer of any replica. */
  readonly stateOf: (replica: number) => Int32Array
}

export class Orders {
  readonly #parts: OrdersParts
  readonly #words: Int32Array
  readonly #at: number
  #hasLeft = false

  constructor(parts: OrdersParts) {
    this.#parts = parts
    this.#words = parts.region.words
    this.#at = memberWord(parts.membership, parts.id)
  }

  get hasLeft(): boolean {
    return this.#hasLeft
  }

  /** `position`: of the next request to be applied; `isBetween`: none is in hand. */
  attend(position: number, isBetween: boolean): void {
    const order = Atomics.load(this.#words, this.#at + MembershipWord.order)
    if (order === Order.none) return
    const argument = Atomics.load(this.#words, this.#at + MembershipWord.argument)
    if (order === Order.leave) this.#hasLeft = true
    else if (order === Order.stall) this.#stall(argument)
    else if (isBetween) this.#sponsor(argument, position)
  }

  #stall(millis: number): void {
    this.#done()
    Atomics.wait(nothing, 0, 0, millis)
  }

  /** Keeps the order while another thread holds the producer role: the next round tries again. */
  #sponsor(newcomer: number, position: number): void {
    const { region, channel, domain, digests, membership, stateOf } = this.#parts
    if (!channel.tryAcquireProducer()) return
    domain.copyState(stateOf(newcomer))
    startDigests(region, digests, newcomer, position)
    channel.join(newcomer, position)
    channel.releaseProducer()
    const admission = memberWord(membership, newcomer) + MembershipWord.admission
    Atomics.store(this.#words, admission, Admission.granted)
    Atomics.notify(this.#words, admission)
    this.#done()
  }

  #done(): void {
    Atomics.store(this.#words, this.#at + MembershipWord.order, Order.none)
  }
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/**
 * A newcomer's thread: sleeps until it was let in; then its state and position are set, and its replica can be made.
 * False if the channel closed before.
 */
export function awaitAdmission(
  region: Region,
  membership: MembershipLayout,
  channel: Channel,
  id: number,
): boolean {
  const admission = memberWord(membership, id) + MembershipWord.admission
  askAdmission(region, membership, id)
  while (Atomics.load(region.words, admission) !== Admission.granted) {
    if (channel.isClosing) return false
    Atomics.wait(region.words, admission, Admission.awaited, pollMillis)
  }
  return true
}

/** The first half of `awaitAdmission`. */
export function askAdmission(region: Region, membership: MembershipLayout, id: number): void {
  const admission = memberWord(membership, id) + MembershipWord.admission
  Atomics.compareExchange(region.words, admission, Admission.none, Admission.awaited)
}

const pollMillis = 20
