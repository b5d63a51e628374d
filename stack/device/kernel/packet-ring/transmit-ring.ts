/**
 * The ring from which the kernel sends. One thread fills it and asks the kernel to send; the kernel looks at it only in
 * that call, and gives slots back at any time.
 *
 *   free ── fill ──▶ unsent ── the kernel takes it ──▶ sending ── the frame is gone ──▶ free
 *
 * Invariant: the unsent slots are the last `unsent` before the next, and the first of them is where the kernel goes on.
 */
import { type RingLayout, SlotStatus, SlotWord, sentAt, stepBytes } from './ring-layout.ts'

/**
 * Frames that gather before they are sent without being asked for. More would save little of a call's cost for each. And
 * where several threads send, frames that wait are overtaken by those of other threads: the receiver takes that for loss.
 */
export const gatheredFrames = 8

const notTaken = SlotStatus.filled | SlotStatus.malformed
const notFree = notTaken | SlotStatus.sending

export class TransmitRing {
  readonly #words: Int32Array
  readonly #slotBytes: number
  readonly #lastSlot: number
  #next = 0
  #unsent = 0

  /** `words`: the whole ring, zeroed when the kernel made it. */
  constructor(words: Int32Array, { slotBytes, slotCount }: RingLayout) {
    this.#words = words
    this.#slotBytes = slotBytes
    this.#lastSlot = slotCount - 1
  }

  /** Frames that were filled in, and that the kernel has not taken. */
  get unsent(): number {
    return this.#unsent
  }

  /** Largest frame of a slot, with its virtio-net header, in bytes. */
  get roomBytes(): number {
    return this.#slotBytes - sentAt - stepBytes
  }

  /**
   * Byte offset in the ring at which the next frame is to be written: in step, modulo 8, with `at`, from where it is copied.
   * -1 if the kernel has not let go of that slot.
   */
  nextFrameAt(at: number): number {
    if ((this.#statusOf(this.#next) & notFree) !== 0) return -1
    const place = sentAt + (at & stepBytes)
    this.#words[this.#wordOf(this.#next) + SlotWord.place] = place
    return this.#next * this.#slotBytes + place
  }

  /** The next frame is written: `length` bytes. True if enough have gathered: it is time to send. */
  fill(length: number): boolean {
    const slot = this.#wordOf(this.#next)
    this.#words[slot + SlotWord.length] = length
    Atomics.store(this.#words, slot + SlotWord.status, SlotStatus.filled)
    this.#next = (this.#next + 1) & this.#lastSlot
    this.#unsent += 1
    return this.#unsent >= gatheredFrames
  }

  /** After the kernel was asked to send: notes which frames it took. True if it took any. */
  noteTaken(): boolean {
    const before = this.#unsent
    while (this.#unsent > 0 && (this.#statusOf(this.#first) & notTaken) === 0) this.#unsent -= 1
    return this.#unsent < before
  }

  /** Takes back what the kernel did not take, and returns how many frames that is: they are lost. */
  withdraw(): number {
    const lost = this.#unsent
    for (; this.#unsent > 0; this.#unsent--) {
      this.#next = (this.#next - 1) & this.#lastSlot
      Atomics.store(this.#words, this.#wordOf(this.#next) + SlotWord.status, SlotStatus.free)
    }
    return lost
  }

  get #first(): number {
    return (this.#next - this.#unsent) & this.#lastSlot
  }

  #statusOf(slot: number): number {
    return Atomics.load(this.#words, this.#wordOf(slot) + SlotWord.status)
  }

  #wordOf(slot: number): number {
    return (slot * this.#slotBytes) >> 2
  }
}
