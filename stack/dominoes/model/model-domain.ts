/**
 * The domain of the performance model: each request costs `stateRounds` of work to apply, which every replica does, and
 * emits one action that costs `payloadRounds`, which one of them does. One instance per thread.
 */
import { ActionQueue, ActionWord } from '../contract/action-queue.ts'
import { hashWords } from '../contract/digest.ts'
import { type Domain, noDeadline } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import type { Region } from '../memory/region.ts'
import { work } from './work.ts'

export interface ModelCosts {
  /** Rounds of work (see work.ts) to apply a request, and to perform its action. */
  readonly stateRounds: number
  readonly payloadRounds: number
  /** Lines of the state, of 64 bytes, that each request changes besides the first; as many as a connection's may be. */
  readonly stateLines: number
}

const cacheLineWords = 16

export function modelStateWords({ stateLines }: ModelCosts): number {
  return (1 + stateLines) * cacheLineWords
}

export class ModelDomain implements Domain {
  readonly actions = new ActionQueue(1)
  readonly #words: Int32Array
  readonly #performed: Uint8Array
  readonly #costs: ModelCosts
  /** What all requests so far made of each other, how many they were, and then the further lines. */
  readonly state: Int32Array

  /**
   * `performed` has a byte for each action, which counts how often it was performed. `state` has `modelStateWords`, zeroes
   * at first; it may be shared with other instances if one at a time applies.
   */
  constructor(
    { words }: Region,
    performed: Uint8Array,
    costs: ModelCosts,
    state: Int32Array = new Int32Array(modelStateWords(costs)),
  ) {
    this.#words = words
    this.#performed = performed
    this.#costs = costs
    this.state = state
  }

  needsCheck(): boolean {
    return false
  }

  check(): number {
    return 1
  }

  apply(slot: number): void {
    const { state } = this
    const seed = (state[0] as number) ^ (this.#words[slot + SlotWord.random] as number)
    const number = state[1] as number
    const made = work(seed, this.#costs.stateRounds)
    state[0] = made
    state[1] = (number + 1) | 0
    for (let line = 1; line <= this.#costs.stateLines; line++) {
      const at = line * cacheLineWords
      state[at] = ((state[at] as number) ^ made) | 0
    }
    const action = this.actions.push(1, number)
    this.actions.words[action + ActionWord.fields] = made
  }

  hasMore(): boolean {
    return false
  }

  resume(): void {}

  perform(action: number): boolean {
    const { words } = this.actions
    const made = work(words[action + ActionWord.fields] as number, this.#costs.payloadRounds)
    // Never 0: the work has to be done to know that.
    if (made !== 0) Atomics.add(this.#performed, words[action + ActionWord.number] as number, 1)
    return true
  }

  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return hashWords(this.state, 0, this.state.length)
  }

  copyState(target: Int32Array): void {
    target.set(this.state)
  }
}
