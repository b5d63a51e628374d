/**
 * Which worker should read the device: the one for which all recent traffic was, so that a single connection
 * is processed on one thread from end to end. With traffic for several workers it is nobody. A long run of
 * frames is needed, since acknowledgments of one connection come many in a row also where others are as busy.
 * If the device were left to one worker after a short run, the others would sleep while the device overflows.
 *
 *   word 0  preferred   1 + that worker, 0: nobody        the reader; a worker that gives up
 *        1  owner       1 + whose the last frame was      the reader
 *        2  run         frames in a row for that one      the reader
 *
 * The reader is who holds the producer role. Any thread may ask. Zeroed memory prefers nobody.
 */
import { lineBytes, type RegionPlan } from '../../dominoes/memory/region.ts'

/** Frames in a row that make a preference: about as many as a device queues while its reader is busy. */
export const preferenceFrames = 1024

const PreferenceWord = { preferred: 0, owner: 1, run: 2 } as const

/** Returns its word offset. */
export function planPreference(plan: RegionPlan): number {
  return plan.reserve(lineBytes) / 4
}

export class Preference {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, atWord: number) {
    this.#words = words
    this.#at = atWord
  }

  /** The preferred worker, -1 if there is none. */
  get worker(): number {
    return Atomics.load(this.#words, this.#at + PreferenceWord.preferred) - 1
  }

  /** The reader's: so many frames were for this worker. */
  note(worker: number, frames = 1): void {
    const words = this.#words
    const run = this.#at + PreferenceWord.run
    const owner = this.#at + PreferenceWord.owner
    if (words[owner] !== worker + 1) {
      words[owner] = worker + 1
      words[run] = 0
    }
    words[run] = Math.min(preferenceFrames, (words[run] as number) + frames)
  }

  /** The reader's, after the frames of a batch were noted. */
  settle(): void {
    const words = this.#words
    const isLong = (words[this.#at + PreferenceWord.run] as number) >= preferenceFrames
    const preferred = isLong ? (words[this.#at + PreferenceWord.owner] as number) : 0
    const at = this.#at + PreferenceWord.preferred
    if (Atomics.load(words, at) !== preferred) Atomics.store(words, at, preferred)
  }

  /** This worker cannot read for a while. */
  giveUp(worker: number): void {
    Atomics.compareExchange(this.#words, this.#at + PreferenceWord.preferred, worker + 1, 0)
  }
}
