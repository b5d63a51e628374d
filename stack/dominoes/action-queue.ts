/**
 * The actions that one `apply` emitted, private to a replica: records of fixed size, emptied after every
 * request. Words 0 and 1 of a record belong to the framework, the rest to the domain.
 *
 *   word 0  kind     what to do; the domain's choice
 *        1  number   counts the domain's actions, wrapping; the key under which the action is claimed
 *     2..31          the domain's
 *
 * Written and read by the owning replica's thread only. Invariant: 0 ≤ count ≤ capacity; numbers in the
 * queue are consecutive.
 */

export const actionWords = 32
export const ActionWord = { kind: 0, number: 1, fields: 2 } as const

export class ActionQueue {
  readonly words: Int32Array
  readonly capacity: number
  count = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.words = new Int32Array(capacity * actionWords)
  }

  get isFull(): boolean {
    return this.count === this.capacity
  }

  /** Opens the next record and returns its word offset. The caller made sure that the queue is not full. */
  push(kind: number, number: number): number {
    const at = this.count * actionWords
    this.count += 1
    this.words[at] = kind
    this.words[at + ActionWord.number] = number
    return at
  }

  clear(): void {
    this.count = 0
  }
}
