/**
 * Frames that are on their way: a fixed number of them, taken out in the order of their due times and, at equal
 * times, in the order they were put in. All memory is taken when it is made.
 *
 *   word 0  count        frames in the store
 *        1  order        counts puts, wrapping
 *        2  fresh        entries ever used
 *        3  free count   entries on the free stack
 *        4  latest       due time of the latest frame that keeps its order
 *   ── line ──────────────────────────────────────────
 *   heap of (due, order, entry) · free stack · lengths · frames
 *
 * One thread. Invariant: count + free count = fresh ≤ capacity.
 */
import { lineBytes, lineWords } from '../../dominoes/memory/region.ts'

const StoreWord = { count: 0, order: 1, fresh: 2, freeCount: 3, latest: 4 } as const
const heapWords = 3
const wordsPerEntry = heapWords + 1 + 1

/** Frames start on a line: copies between lines are the fast ones. */
function entryBytesFor(frameBytes: number): number {
  return Math.ceil(frameBytes / lineBytes) * lineBytes
}

function framesOffset(capacity: number): number {
  return lineBytes + Math.ceil((capacity * wordsPerEntry * 4) / lineBytes) * lineBytes
}

function frameStoreBytes(capacity: number, frameBytes: number): number {
  return framesOffset(capacity) + capacity * entryBytesFor(frameBytes)
}

export class FrameStore {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #capacity: number
  readonly #frameBytes: number
  readonly #heap: number
  readonly #free: number
  readonly #lengths: number
  readonly #frames: number

  constructor(capacity: number, frameBytes: number) {
    const buffer = new ArrayBuffer(frameStoreBytes(capacity, frameBytes))
    this.#words = new Int32Array(buffer)
    this.#bytes = new Uint8Array(buffer)
    this.#capacity = capacity
    this.#frameBytes = frameBytes
    this.#heap = lineWords
    this.#free = this.#heap + capacity * heapWords
    this.#lengths = this.#free + capacity
    this.#frames = framesOffset(capacity)
  }

  get count(): number {
    return this.#words[StoreWord.count] as number
  }

  /**
   * Copies a frame in, due at `dueMicros` (32 bits, wrapping); a frame that keeps its order becomes due no
   * earlier than those put in before it that keep theirs. False: the store is full or the frame too long.
   */
  put(from: Uint8Array, at: number, length: number, dueMicros: number, keepsOrder: boolean): boolean {
    const words = this.#words
    const count = words[StoreWord.count] as number
    if (count === this.#capacity || length > this.#frameBytes) return false
    const entry = this.#allocate()
    const to = this.#frameAt(entry)
    this.#bytes.set(from.subarray(at, at + length), to)
    words[this.#lengths + entry] = length
    const order = words[StoreWord.order] as number
    words[StoreWord.order] = order + 1
    words[StoreWord.count] = count + 1
    let due = dueMicros | 0
    if (keepsOrder) {
      const latest = words[StoreWord.latest] as number
      if (count > 0 && ((latest - due) | 0) > 0) due = latest
      words[StoreWord.latest] = due
    }
    this.#siftUp(count, due, order, entry)
    return true
  }

  /** When the first frame is due; the store is not empty. */
  get firstDue(): number {
    return this.#words[this.#heap] as number
  }

  /** Whether there is a frame whose time has come. */
  isDue(nowMicros: number): boolean {
    return this.count > 0 && ((this.firstDue - nowMicros) | 0) <= 0
  }

  /** Byte offset of an entry's frame. */
  #frameAt(entry: number): number {
    return this.#frames + entry * entryBytesFor(this.#frameBytes)
  }

  /** Takes the first frame out, copying at most `limit` bytes; returns how many. */
  take(to: Uint8Array, at: number, limit: number): number {
    const length = this.copyFirst(to, at, limit)
    this.#drop(this.#firstEntry)
    return length
  }

  /** As `take`, but leaves the frame in the store. */
  copyFirst(to: Uint8Array, at: number, limit: number): number {
    const entry = this.#firstEntry
    const from = this.#frameAt(entry)
    const length = Math.min(limit, this.#words[this.#lengths + entry] as number)
    to.set(this.#bytes.subarray(from, from + length), at)
    return length
  }

  get #firstEntry(): number {
    return this.#words[this.#heap + 2] as number
  }

  /** Takes the first frame out, which is in `entry`. */
  #drop(entry: number): void {
    const words = this.#words
    const last = (words[StoreWord.count] as number) - 1
    const freeCount = words[StoreWord.freeCount] as number
    words[this.#free + freeCount] = entry
    words[StoreWord.freeCount] = freeCount + 1
    words[StoreWord.count] = last
    if (last > 0) {
      const at = this.#heap + last * heapWords
      this.#siftDown(last, words[at] as number, words[at + 1] as number, words[at + 2] as number)
    }
  }

  #allocate(): number {
    const words = this.#words
    const freeCount = words[StoreWord.freeCount] as number
    if (freeCount > 0) {
      words[StoreWord.freeCount] = freeCount - 1
      return words[this.#free + freeCount - 1] as number
    }
    const fresh = words[StoreWord.fresh] as number
    words[StoreWord.fresh] = fresh + 1
    return fresh
  }

  /** Whether (due, order) comes before what is at heap index `index`. */
  #precedes(due: number, order: number, index: number): boolean {
    const at = this.#heap + index * heapWords
    const apart = (due - (this.#words[at] as number)) | 0
    return apart < 0 || (apart === 0 && ((order - (this.#words[at + 1] as number)) | 0) < 0)
  }

  #siftUp(from: number, due: number, order: number, entry: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#precedes(due, order, parent)) break
      this.#move(parent, index)
      index = parent
    }
    this.#place(index, due, order, entry)
  }

  #siftDown(count: number, due: number, order: number, entry: number): void {
    const words = this.#words
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= count) break
      const right = this.#heap + (child + 1) * heapWords
      if (child + 1 < count && this.#precedes(words[right] as number, words[right + 1] as number, child)) {
        child += 1
      }
      if (this.#precedes(due, order, child)) break
      this.#move(child, index)
      index = child
    }
    this.#place(index, due, order, entry)
  }

  #move(from: number, to: number): void {
    const at = this.#heap + from * heapWords
    this.#words.copyWithin(this.#heap + to * heapWords, at, at + heapWords)
  }

  #place(index: number, due: number, order: number, entry: number): void {
    const at = this.#heap + index * heapWords
    this.#words[at] = due
    this.#words[at + 1] = order
    this.#words[at + 2] = entry
  }
}
