/**
 * How far the stages of a pipeline are, as any thread may ask. See `pipeline-layout.ts` for who writes what.
 */
import type { ChannelLayout } from '../../dominoes/channel/channel-layout.ts'
import { type PipeLayout, PipeWord, RequestWord, TransmitterWord } from './pipeline-layout.ts'

export class Pipe {
  readonly #words: Int32Array
  readonly #control: number
  readonly #layout: PipeLayout
  readonly #slots: ChannelLayout

  /** The slots are those of the channel, which carries nothing here. */
  constructor(words: Int32Array, layout: PipeLayout, slots: ChannelLayout) {
    this.#words = words
    this.#control = layout.controlWord
    this.#layout = layout
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

  /** Word offset of a word of the pipe's own. */
  wordAt(word: number): number {
    return this.#control + word
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
    const passed = this.#passed()
    // A tick's actions count as those of the request before, which may be passed already: the minimum never
    // goes back.
    if (((passed - (words[minimumAt] as number)) | 0) > 0) words[minimumAt] = passed
    return (this.#slots.slotCount - (read - (words[minimumAt] as number))) | 0
  }

  /** Whether request `index` is applied and all actions of it, and of all before it, are done. */
  hasPassed(index: number): boolean {
    return ((this.#passed() - index) | 0) > 0
  }

  /** Actions before which all are done. `claimed` is looked at first: see `pipeline-layout.ts`. */
  doneActions(): number {
    const words = this.#words
    let done = this.load(PipeWord.claimed)
    for (let transmitter = 0; transmitter < this.#layout.transmitters; transmitter++) {
      const at = this.transmitterAt(transmitter)
      if (Atomics.load(words, at + TransmitterWord.isBusy) === 0) continue
      const action = Atomics.load(words, at + TransmitterWord.action)
      if (((action - done) | 0) < 0) done = action
    }
    return done
  }

  /** Index of the request that emitted an action; constant while the action is not done. */
  requestOf(action: number): number {
    const place = action & (this.#layout.ringCount - 1)
    return this.#words[this.#layout.requests + place * RequestWord.words + RequestWord.index] as number
  }

  /**
   * The oldest request that is not done. If no action is left to be claimed, that is `applied`: it was read
   * first, and all that was applied by then had been emitted. Otherwise it is the request of the first
   * unclaimed action; that word is valid only if the action is still unclaimed afterwards, so `claimed` is
   * read again.
   */
  #passed(): number {
    const { applied } = this
    for (;;) {
      const claimed = this.load(PipeWord.claimed)
      const oldest = claimed === this.load(PipeWord.emitted) ? applied : this.requestOf(claimed)
      const passed = this.#oldestHeld(oldest)
      if (this.load(PipeWord.claimed) === claimed) return passed
    }
  }

  /** The oldest request of which a transmitter holds an action, if it is older than `passed`. */
  #oldestHeld(passed: number): number {
    const words = this.#words
    let oldest = passed
    for (let transmitter = 0; transmitter < this.#layout.transmitters; transmitter++) {
      const at = this.transmitterAt(transmitter)
      if (Atomics.load(words, at + TransmitterWord.isBusy) === 0) continue
      const request = Atomics.load(words, at + TransmitterWord.request)
      if (((request - oldest) | 0) < 0) oldest = request
    }
    return oldest
  }
}
