/**
 * AES-128-CTR over a byte stream (NIST SP 800-38A section 6.5), in place on bytes of a region. One instance per
 * thread. The counter block is an 8-byte nonce and the 64-bit big-endian number of the block in the stream, so
 * a byte's keystream depends on its stream position alone: whichever replica sends a byte, first or again,
 * sends the same one. Encrypting twice decrypts.
 */
import { addKeystream, expandAesKey } from './aes.ts'

const blockBytes = 16
export const cipherNonceBytes = 8

export class StreamCipher {
  readonly #bytes: Uint8Array
  readonly #words: Int32Array
  readonly #keys: Int32Array
  readonly #nonce0: number
  readonly #nonce1: number
  /** The keystream block in hand. */
  readonly #stream = new Int32Array(blockBytes / 4)

  constructor(bytes: Uint8Array, words: Int32Array, key: Uint8Array, nonce: Uint8Array) {
    if (nonce.length !== cipherNonceBytes) throw new RangeError(`a nonce has 8 bytes, not ${nonce.length}`)
    this.#bytes = bytes
    this.#words = words
    this.#keys = expandAesKey(key)
    const view = new DataView(nonce.buffer, nonce.byteOffset)
    this.#nonce0 = view.getInt32(0, true)
    this.#nonce1 = view.getInt32(4, true)
  }

  /**
   * XORs `length` bytes at byte offset `at` with the keystream from a 64-bit stream position, given as two
   * 32-bit halves.
   */
  apply(at: number, length: number, positionLow: number, positionHigh: number): void {
    let position = at
    const end = at + length
    let blockLow = (positionLow >>> 4) | (positionHigh << 28)
    let blockHigh = positionHigh >>> 4
    const phase = positionLow & (blockBytes - 1)
    if (phase !== 0 && length > 0) {
      const count = Math.min(blockBytes - phase, length)
      this.#makeBlock(blockLow, blockHigh)
      this.#applyBytes(position, phase, count)
      position += count
      blockLow = (blockLow + 1) | 0
      if (blockLow === 0) blockHigh = (blockHigh + 1) | 0
    }
    const blockCount = ((end - position) / blockBytes) | 0
    if ((position & 3) === 0) {
      const word = position >> 2
      addKeystream(this.#keys, this.#nonce0, this.#nonce1, blockHigh, blockLow, this.#words, word, blockCount)
      position += blockCount * blockBytes
      const last = blockLow
      blockLow = (blockLow + blockCount) | 0
      if (blockLow >>> 0 < last >>> 0) blockHigh = (blockHigh + 1) | 0
    }
    for (; position + blockBytes <= end; position += blockBytes) {
      this.#makeBlock(blockLow, blockHigh)
      this.#applyBytes(position, 0, blockBytes)
      blockLow = (blockLow + 1) | 0
      if (blockLow === 0) blockHigh = (blockHigh + 1) | 0
    }
    if (position < end) {
      this.#makeBlock(blockLow, blockHigh)
      this.#applyBytes(position, 0, end - position)
    }
  }

  #makeBlock(blockLow: number, blockHigh: number): void {
    this.#stream.fill(0)
    addKeystream(this.#keys, this.#nonce0, this.#nonce1, blockHigh, blockLow, this.#stream, 0, 1)
  }

  #applyBytes(at: number, phase: number, count: number): void {
    const bytes = this.#bytes
    for (let offset = 0; offset < count; offset++) {
      const streamAt = phase + offset
      const key = (this.#stream[streamAt >> 2] as number) >>> ((streamAt & 3) << 3)
      bytes[at + offset] = (bytes[at + offset] as number) ^ key
    }
  }
}
