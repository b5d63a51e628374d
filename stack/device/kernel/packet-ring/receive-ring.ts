/**
 * The ring in which the kernel puts what arrives. Called by whoever holds the role to read; the position lies in the ring
 * itself, so the next holder, of whatever thread or process, goes on where the last one stopped.
 *
 * Invariant: slots from the position on are the kernel's or hold frames in the order of their arrival; those before it are
 * given back. A holder that is killed leaves one slot at most that is passed and not given back. It comes round again with
 * the frame that was read already, as a duplicate from the network would, and is given back then.
 */
import { positionAt, type RingLayout, SlotStatus, SlotWord } from './ring-layout.ts'

export class ReceiveRing {
  readonly #words: Int32Array
  readonly #slotBytes: number
  readonly #lastSlot: number
  #position = 0
  /** The frame that `look` found: its byte offset in the ring, and what of it is there. */
  frameAt = 0
  frameBytes = 0

  /** `words`: the whole ring, zeroed when the kernel made it. */
  constructor(words: Int32Array, { slotBytes, slotCount }: RingLayout) {
    this.#words = words
    this.#slotBytes = slotBytes
    this.#lastSlot = slotCount - 1
  }

  /** Whether a frame waits; `frameAt` and `frameBytes` then tell where. */
  look(): boolean {
    const words = this.#words
    // Any word is a position: the mask holds even if the ring was not ours.
    // Plain accesses: only the holder of the role touches it, and the role passes by an atomic operation.
    this.#position = (words[positionAt >> 2] as number) & this.#lastSlot
    const slotAt = this.#position * this.#slotBytes
    const slot = slotAt >> 2
    // The kernel stores the status after all else in the slot.
    if ((Atomics.load(words, slot + SlotWord.status) & SlotStatus.filled) === 0) return false
    const place = (words[slot + SlotWord.place] as number) & 0xffff
    this.frameAt = slotAt + place
    this.frameBytes = Math.min(words[slot + SlotWord.captured] as number, this.#slotBytes - place)
    return true
  }

  /** After `look` found a frame: goes on behind it, and gives its slot back to the kernel. */
  pass(): void {
    const words = this.#words
    // In this order: a slot given back before the position moved would be waited for by the next holder if this one is killed
    // in between.
    words[positionAt >> 2] = (this.#position + 1) & this.#lastSlot
    const slot = (this.#position * this.#slotBytes) >> 2
    Atomics.store(words, slot + SlotWord.status, SlotStatus.free)
  }
}
