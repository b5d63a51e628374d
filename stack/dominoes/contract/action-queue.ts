/**
 * The actions that one `apply` emitted, by one replica: records of fixed size, emptied after every
 * request. Words 0 and 1 of a record belong to the framework, the rest to the domain.
 *
 *   word 0  kind     what to do; the domain's choice
 *        1  number   counts the domain's actions, wrapping; the key under which the action is claimed
 *     2..47          the domain's
 *
 * Behind the records lies the seal, for those who finish what a killed replica left:
 *
 *   word 0  sealed   how many records the queue holds while its actions are claimed and performed, otherwise 0
 *        1  index    channel index of the request that emitted them; written before `sealed`
 *
 * Written by the owning replica's thread only, read by others only once that thread has ended: plain stores do.
 * Invariant: 0 ≤ count ≤ capacity; numbers in the queue are consecutive; records do not change while sealed.
 */

export const actionWords = 48
export const ActionWord = { kind: 0, number: 1, fields: 2 } as const

const sealWords = 32

export function actionQueueWords(capacity: number): number {
  return capacity * actionWords + sealWords
}

/** Before the first of a queue's actions is claimed: they are complete, and stay until it is broken. */
export function sealQueue(queue: ActionQueue, index: number): void {
  const at = sealOf(queue.words)
  queue.words[at + 1] = index
  queue.words[at] = queue.count
}

/** Before the queue is cleared: all its actions are performed or somebody else's. */
export function breakSeal({ words }: ActionQueue): void {
  words[sealOf(words)] = 0
}

/** Word offset of the seal in a queue's storage. */
export function sealOf(storage: Int32Array): number {
  return storage.length - sealWords
}

export class ActionQueue {
  readonly words: Int32Array
  readonly capacity: number
  count = 0

  /** `storage` has `actionQueueWords(capacity)` words; shared, if others are to finish what this thread may leave. */
  constructor(capacity: number, storage: Int32Array = new Int32Array(actionQueueWords(capacity))) {
    this.capacity = capacity
    this.words = storage
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
