/**
 * The domain in which a channel's own cost is measured: requests carry their number and cost next to nothing to apply; each
 * emits one action, which costs next to nothing to perform. What remains is publishing, dequeuing and claiming. One
 * instance per reader, with a table of its own, so that readers share no line but those of the framework.
 *
 * Proof that every reader sees every request once and in order: the count of those that came when their number was
 * next, and a digest that depends on all of them and their order. Proof that every claim is won once: the tables of all
 * readers together.
 */
import { ActionQueue, ActionWord } from '../contract/action-queue.ts'
import { type Domain, noDeadline } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'

/** FNV-1a, a word at a time. */
const prime = 0x01000193

export class NumberedDomain implements Domain {
  readonly actions = new ActionQueue(1)
  /** The next request's number, and the digest of all before it. */
  readonly state = new Int32Array([0, 0x811c9dc5])
  /** Requests that were what the state expected. */
  inOrder = 0
  readonly #words: Int32Array
  readonly #won: Uint8Array

  /** `won` has a byte for each request, which counts how often this reader performed its action. */
  constructor({ words }: Region, won: Uint8Array) {
    this.#words = words
    this.#won = won
  }

  needsCheck(): boolean {
    return false
  }

  check(): number {
    return 1
  }

  apply(slot: number): void {
    const { state } = this
    const next = state[0] as number
    const number = this.#words[slot + SlotWord.arguments] as number
    if (number === next) this.inOrder += 1
    state[0] = (next + 1) | 0
    state[1] = Math.imul((state[1] as number) ^ number, prime)
    this.actions.push(1, next)
  }

  hasMore(): boolean {
    return false
  }

  resume(): void {}

  perform(action: number): boolean {
    const number = this.actions.words[action + ActionWord.number] as number
    this.#won[number] = (this.#won[number] as number) + 1
    return true
  }

  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return (this.state[0] as number) ^ (this.state[1] as number)
  }

  copyState(target: Int32Array): void {
    target.set(this.state)
  }
}
