/**
 * How far the stages of a pipeline are, as any thread may ask. See `pipeline-layout.ts` for who writes what.
 */
import type { ChannelLayout } from '../../dominoes/channel-layout.ts'
import { type PipeLayout, PipeWord, TransmitterWord } from './pipeline-layout.ts'

export class Pipe {
  readonly #words: Int32Array
  readonly #control: number
  readonly #transmitters: number
  readonly #slots: ChannelLayout

  /** The slots are those of the channel, which carries nothing here. */
  constructor(words: Int32Array, layout: PipeLayout, slots: ChannelLayout) {
    this.#words = words
    this.#control = layout.controlWord
    this.#transmitters = layout.transmitters
    this.#slots = slots
  }

  /** Word offset of the slot of a request. */
  slotOf(index: number): number {
    return this.#slots.slotsWord + (index & (this.#slots.slotCount - 1)) * (this.#slots.slotBytes / 4)
  }

  get read(): number {
    return Atomics.load(this.#words, this.#control + PipeWord.read)
  }

  get applied(): number {
    return Atomics.load(this.#words, this.#control + PipeWord.applied)
  }

  /** Progress of the one whose place it is: the reader or the protocol. All that it stored before is visible. */
  store(word: number, value: number): void {
    Atomics.store(this.#words, this.#control + word, value)
  }

  load(word: number): number {
    return Atomics.load(this.#words, this.#control + word)
  }

  /** Word offset of a transmitter's words. */
  transmitterAt(transmitter: number): number {
    return this.#control + PipeWord.transmitters + transmitter * TransmitterWord.words
  }

  /** Reader's thread only. Slots that can be filled now; looks at the others only if fewer than `wanted` are known. */
  freeSlots(wanted: number): number {
    const words = this.#words
    const minimumAt = this.#control + PipeWord.minimum
    const read = words[this.#control + PipeWord.read] as number
    const known = (this.#slots.slotCount - (read - (words[minimumAt] as number))) | 0
    if (known >= wanted) return known
    const minimum = this.#passed()
    words[minimumAt] = minimum
    return (this.#slots.slotCount - (read - minimum)) | 0
  }

  /** Whether request `index` is applied and all actions of it, and of all before it, are done. */
  hasPassed(index: number): boolean {
    return ((this.#passed() - index) | 0) > 0
  }

  /**
   * The oldest request that is not done. A transmitter whose ring is empty is as far as the protocol: that was looked at
   * first, and whatever it had applied by then it had emitted.
   */
  #passed(): number {
    const words = this.#words
    const applied = this.applied
    let passed = applied
    for (let transmitter = 0; transmitter < this.#transmitters; transmitter++) {
      const at = this.transmitterAt(transmitter)
      const head = Atomics.load(words, at + TransmitterWord.head)
      if (head === Atomics.load(words, at + TransmitterWord.tail)) continue
      const inHand = Atomics.load(words, at + TransmitterWord.passed)
      if (((inHand - passed) | 0) < 0) passed = inHand
    }
    return passed
  }
}
