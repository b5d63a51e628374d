/**
 * AES-128-CTR over a byte stream (NIST SP 800-38A section 6.5), in place on bytes of a region. One instance per
 * thread. The counter block is an 8-byte nonce and the 64-bit big-endian number of the block in the stream, so
 * a byte's keystream depends on its stream position alone: whichever replica sends a byte, first or again,
 * sends the same one. Encrypting twice decrypts.
 */
import { encryptAesBlock, expandAesKey } from './aes.ts'

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
    const isAligned = (position & 3) === 0
    for (; position + blockBytes <= end; position += blockBytes) {
      this.#makeBlock(blockLow, blockHigh)
      if (isAligned) this.#applyWords(position >> 2)
      else this.#applyBytes(position, 0, blockBytes)
      blockLow = (blockLow + 1) | 0
      if (blockLow === 0) blockHigh = (blockHigh + 1) | 0
    }
    if (position < end) {
      this.#makeBlock(blockLow, blockHigh)
      this.#applyBytes(position, 0, end - position)
    }
  }

  #makeBlock(blockLow: number, blockHigh: number): void {
    const high = swapWord(blockHigh)
    const low = swapWord(blockLow)
    encryptAesBlock(this.#keys, this.#nonce0, this.#nonce1, high, low, this.#stream)
  }

  #applyWords(word: number): void {
    const words = this.#words
    const stream = this.#stream
    words[word] = (words[word] as number) ^ (stream[0] as number)
    words[word + 1] = (words[word + 1] as number) ^ (stream[1] as number)
    words[word + 2] = (words[word + 2] as number) ^ (stream[2] as number)
    words[word + 3] = (words[word + 3] as number) ^ (stream[3] as number)
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

function swapWord(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}
