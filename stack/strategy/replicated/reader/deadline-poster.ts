/**
 * A domain that tells a dedicated reader its next deadline after every request. Wraps a replica's domain; called by
 * that replica's thread.
 */

import type { Channel } from '../../../dominoes/channel/channel.ts'
import type { ActionQueue } from '../../../dominoes/contract/action-queue.ts'
import type { Domain } from '../../../dominoes/contract/domain.ts'
import { SlotWord } from '../../../dominoes/contract/slot.ts'
import type { DeadlineBoard } from './deadline-board.ts'

export interface DeadlinePosterParts {
  readonly domain: Domain
  readonly words: Int32Array
  readonly replica: number
  readonly board: DeadlineBoard
  /** This thread's own. */
  readonly channel: Channel
  /** Wakes the reader, which may sleep in the device. */
  wakeReader(): void
}

export class DeadlinePoster implements Domain {
  readonly actions: ActionQueue
  readonly #parts: DeadlinePosterParts
  readonly #domain: Domain
  #slot = 0

  constructor(parts: DeadlinePosterParts) {
    this.actions = parts.domain.actions
    this.#parts = parts
    this.#domain = parts.domain
  }

  apply(slot: number): void {
    this.#slot = slot
    this.#domain.apply(slot)
  }

  /** False ends a request: what `apply` and `resume` did to the timers is done. */
  hasMore(): boolean {
    if (this.#domain.hasMore()) return true
    const { words, replica, board, channel } = this.#parts
    const position = words[this.#slot + SlotWord.sequence] as number
    const time = words[this.#slot + SlotWord.time] as number
    const micros = this.#domain.microsUntilDeadline(time)
    if (board.post(replica, position, time, micros, channel.tail)) this.#parts.wakeReader()
    return false
  }

  resume(): void {
    this.#domain.resume()
  }

  needsCheck(slot: number): boolean {
    return this.#domain.needsCheck(slot)
  }

  check(slot: number): number {
    return this.#domain.check(slot)
  }

  perform(action: number, slot: number): boolean {
    return this.#domain.perform(action, slot)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#domain.microsUntilDeadline(nowMicros)
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }
}
