/**
 * The parts of a frame, as system calls take them that gather and scatter (writev(2), readv(2)): an address and a length
 * each. One instance per thread; allocates nothing after it was made. The region's memory never moves, so its address is
 * asked for once.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import type { FrameParts } from '../device.ts'
import { addressOf } from './system-calls.ts'

const mostPieces = 3
/** Words of a `struct iovec` on a 64-bit machine: address, length, low words first. */
const pieceWords = 4

export class FrameVector {
  /** The pieces, for the system call. */
  readonly words = new Int32Array(mostPieces * pieceWords)
  readonly #sizeBytes: number
  readonly #baseLow: number
  readonly #baseHigh: number
  #count = 0
  #bytes = 0

  constructor({ buffer }: Pick<Region, 'buffer'>) {
    const base = addressOf(buffer)
    this.#sizeBytes = buffer.byteLength
    this.#baseLow = Number(base & 0xffff_ffffn)
    this.#baseHigh = Number(base >> 32n)
  }

  get count(): number {
    return this.#count
  }

  /** Of all pieces together. */
  get bytes(): number {
    return this.#bytes
  }

  /** Throws RangeError if a part is not within the region. */
  fill(parts: FrameParts): void {
    this.#count = 0
    this.#bytes = 0
    this.#add(parts.at, parts.length)
    this.#add(parts.bodyAt, parts.bodyLength)
    this.#add(parts.restAt, parts.restLength)
  }

  #add(at: number, length: number): void {
    if (length === 0) return
    // The system call uses memory unchecked: this is the bounds check.
    if (at < 0 || length < 0 || at + length > this.#sizeBytes)
      throw new RangeError(`${length} bytes at ${at} leave the region`)
    const low = this.#baseLow + at
    const word = this.#count * pieceWords
    this.words[word] = low
    this.words[word + 1] = this.#baseHigh + (low > 0xffff_ffff ? 1 : 0)
    this.words[word + 2] = length
    this.words[word + 3] = 0
    this.#count += 1
    this.#bytes += length
  }
}
