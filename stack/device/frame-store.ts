/**
 * Frames that are on their way: a fixed number of them, taken out in the order of their due times and, at equal
 * times, in the order they were put in. Lies in a region (shared) or in a buffer of its own; memory of zeros is
 * an empty store.
 *
 *   word 0  lock         0 free, 1 held; for users on several threads
 *        1  count        frames in the store
 *        2  order        counts puts, wrapping
 *        3  fresh        entries ever used
 *        4  free count   entries on the free stack
 *        5  latest       due time of the latest frame that keeps its order
 *   ── line ──────────────────────────────────────────
 *   heap of (due, order, entry) · free stack · lengths · frames
 *
 * One thread at a time; with `lock` and `unlock`, any. Invariant: count + free count = fresh ≤ capacity.
 */
import type { Region } from '../dominoes/region.ts'
import { lineBytes, lineWords } from '../dominoes/region.ts'

const StoreWord = { lock: 0, count: 1, order: 2, fresh: 3, freeCount: 4, latest: 5 } as const
const heapWords = 3
const wordsPerEntry = heapWords + 1 + 1

type Views = Pick<Region, 'bytes' | 'words'>

/** Frames start on a line: copies between lines are the fast ones. */
function entryBytesFor(frameBytes: number): number {
  return Math.ceil(frameBytes / lineBytes) * lineBytes
}

function framesOffset(capacity: number): number {
  return lineBytes + Math.ceil((capacity * wordsPerEntry * 4) / lineBytes) * lineBytes
}

export function frameStoreBytes(capacity: number, frameBytes: number): number {
  return framesOffset(capacity) + capacity * entryBytesFor(frameBytes)
}

export class FrameStore {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #capacity: number
  readonly #frameBytes: number
  readonly #control: number
  readonly #heap: number
  readonly #free: number
  readonly #lengths: number
  readonly #frames: number

  /** A store at byte offset `at` of these views, a multiple of 4. */
  constructor(views: Views, at: number, capacity: number, frameBytes: number) {
    this.#words = views.words
    this.#bytes = views.bytes
    this.#capacity = capacity
    this.#frameBytes = frameBytes
    this.#control = at >> 2
    this.#heap = this.#control + lineWords
    this.#free = this.#heap + capacity * heapWords
    this.#lengths = this.#free + capacity
    this.#frames = at + framesOffset(capacity)
  }

  /** A store in a buffer of its own, for one thread. */
  static private(capacity: number, frameBytes: number): FrameStore {
    const buffer = new ArrayBuffer(frameStoreBytes(capacity, frameBytes))
    const views = { words: new Int32Array(buffer), bytes: new Uint8Array(buffer) }
    return new FrameStore(views, 0, capacity, frameBytes)
  }

  get count(): number {
    return Atomics.load(this.#words, this.#control + StoreWord.count)
  }

  lock(): void {
    while (Atomics.compareExchange(this.#words, this.#control + StoreWord.lock, 0, 1) !== 0) {}
  }

  unlock(): void {
    Atomics.store(this.#words, this.#control + StoreWord.lock, 0)
  }

  /**
   * Copies a frame in, due at `dueMicros` (32 bits, wrapping); one that keeps its order is due no earlier than
   * those before it that do. False: the store is full or the frame too long.
   */
  put(from: Uint8Array, at: number, length: number, dueMicros: number, keepsOrder: boolean): boolean {
    const words = this.#words
    const control = this.#control
    const count = words[control + StoreWord.count] as number
    if (count === this.#capacity || length > this.#frameBytes) return false
    const entry = this.#allocate()
    const to = this.frameAt(entry)
    if (from === this.#bytes) from.copyWithin(to, at, at + length)
    else this.#bytes.set(from.subarray(at, at + length), to)
    words[this.#lengths + entry] = length
    const order = words[control + StoreWord.order] as number
    words[control + StoreWord.order] = order + 1
    Atomics.store(words, control + StoreWord.count, count + 1)
    let due = dueMicros | 0
    if (keepsOrder) {
      const latest = words[control + StoreWord.latest] as number
      if (count > 0 && ((latest - due) | 0) > 0) due = latest
      words[control + StoreWord.latest] = due
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

  /** Entry of the first frame; the store is not empty. Its bytes are at `frameAt` until `drop`. */
  get first(): number {
    return this.#words[this.#heap + 2] as number
  }

  lengthOf(entry: number): number {
    return this.#words[this.#lengths + entry] as number
  }

  /** Byte offset of an entry's frame in the views. */
  frameAt(entry: number): number {
    return this.#frames + entry * entryBytesFor(this.#frameBytes)
  }

  /** Takes the first frame out, copying at most `limit` bytes; returns how many. */
  take(to: Uint8Array, at: number, limit: number): number {
    const entry = this.first
    const from = this.frameAt(entry)
    const length = Math.min(limit, this.lengthOf(entry))
    if (to === this.#bytes) to.copyWithin(at, from, from + length)
    else to.set(this.#bytes.subarray(from, from + length), at)
    this.drop()
    return length
  }

  /** Takes the first frame out. */
  drop(): void {
    const words = this.#words
    const last = (words[this.#control + StoreWord.count] as number) - 1
    const freeCount = words[this.#control + StoreWord.freeCount] as number
    words[this.#free + freeCount] = this.first
    words[this.#control + StoreWord.freeCount] = freeCount + 1
    Atomics.store(words, this.#control + StoreWord.count, last)
    if (last > 0) {
      const at = this.#heap + last * heapWords
      this.#siftDown(last, words[at] as number, words[at + 1] as number, words[at + 2] as number)
    }
  }

  #allocate(): number {
    const words = this.#words
    const freeCount = words[this.#control + StoreWord.freeCount] as number
    if (freeCount > 0) {
      words[this.#control + StoreWord.freeCount] = freeCount - 1
      return words[this.#free + freeCount - 1] as number
    }
    const fresh = words[this.#control + StoreWord.fresh] as number
    words[this.#control + StoreWord.fresh] = fresh + 1
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
