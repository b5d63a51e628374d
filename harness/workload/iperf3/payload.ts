/**
 * The payload of `iperf3 --repeating-payload`: the digits in turn. iperf3 writes from one buffer, a block, and begins
 * with the block's first byte again whenever a write is done, complete or not. So each block of a stream begins with
 * 0, and what is left of a block after an incomplete write begins with 0, too. Where writes were incomplete only the
 * sender knows: a 0 is taken there, but only a few times in a block. Pure.
 *
 * Invariant: `verified` is the length of the prefix that was as it has to be.
 */

const zero = 0x30
const period = 10
/** Most incomplete writes of a block: the kernel wakes a sender only when a third of its buffer is free. */
const restartLimit = 16

const digits = Buffer.alloc(2 ** 17, '0123456789')

export class RepeatingPayload {
  readonly #blockBytes: number
  #phase = 0
  #restarts = 0
  #isIntact = true
  received = 0
  verified = 0

  /** `blockBytes`: the buffer of the sender. */
  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
  }

  /** Compares the next bytes of the stream. */
  take(bytes: Uint8Array): void {
    this.received += bytes.length
    for (let at = 0; this.#isIntact && at < bytes.length; ) {
      const inBlock = this.verified % this.#blockBytes
      if (inBlock === 0) {
        this.#phase = 0
        this.#restarts = 0
      }
      const left = Math.min(this.#blockBytes - inBlock, digits.length - period)
      const piece = bytes.subarray(at, at + left)
      const equal = equalPrefix(piece, digits.subarray(this.#phase, this.#phase + piece.length))
      at += equal
      this.verified += equal
      this.#phase = (this.#phase + equal) % period
      if (equal < piece.length) this.#restart(piece[equal] as number)
    }
  }

  #restart(byte: number): void {
    this.#restarts += 1
    this.#isIntact = byte === zero && this.#restarts <= restartLimit
    this.#phase = 0
  }
}

/** Length of the common prefix of two arrays of one length; found by halves, since most are equal as a whole. */
function equalPrefix(one: Uint8Array, other: Uint8Array): number {
  if (Buffer.compare(one, other) === 0) return one.length
  let [equal, unequal] = [0, one.length]
  while (unequal - equal > 1) {
    const middle = (equal + unequal) >>> 1
    if (Buffer.compare(one.subarray(equal, middle), other.subarray(equal, middle)) === 0) equal = middle
    else unequal = middle
  }
  return equal
}
