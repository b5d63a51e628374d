/**
 * The bytes of a transfer: a block of seeded random bytes, repeated. Its length is eight times a prime, so that it never lines
 * up with a ring, a segment or a page: a stream that is shifted, repeated or has a hole does not match.
 */
import { createCipheriv } from 'node:crypto'

/** Eight times a prime: near 1 MiB, and copies between pattern and ring stay aligned to 8 bytes. */
export const patternBytes = 8 * 131_071

/** Every run moves the same bytes. */
export function makePattern(): Uint8Array {
  const zeros = Buffer.alloc(patternBytes)
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 0x5a), Buffer.alloc(16)).update(zeros)
}

/** The key that transfers use: no secret, both ends have to know it. */
export const transferCipherKey = '000102030405060708090a0b0c0d0e0f'

/** The first `length` bytes of the stream as they travel under AES-128 in counter mode. */
export function encryptedStream(pattern: Uint8Array, length: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.from(transferCipherKey, 'hex'), Buffer.alloc(16))
  const stream = Buffer.allocUnsafe(length)
  for (let position = 0; position < length; position += pattern.length) {
    const block = cipher.update(pattern.subarray(0, Math.min(pattern.length, length - position)))
    stream.set(block, position)
  }
  return stream
}

/** Compares and produces the stream without copying: the pattern is held twice, so that every piece is one view. */
export class StreamPattern {
  readonly #twice: Buffer
  readonly #period: number

  constructor(pattern: Uint8Array) {
    this.#period = pattern.length
    this.#twice = Buffer.concat([pattern, pattern])
  }

  /** The `length` bytes from stream position `position` on; length at most one period. */
  at(position: number, length: number): Uint8Array {
    const start = position % this.#period
    return this.#twice.subarray(start, start + length)
  }

  /** Compares `bytes` with the stream from `position` on. The stream position of the first difference, or -1. */
  firstMismatch(bytes: Uint8Array, position: number): number {
    for (let done = 0; done < bytes.length; done += this.#period) {
      const chunk = bytes.subarray(done, done + this.#period)
      const expected = this.at(position + done, chunk.length)
      if (Buffer.compare(expected, chunk) === 0) continue
      for (let k = 0; k < chunk.length; k++) if (chunk[k] !== expected[k]) return position + done + k
    }
    return -1
  }
}
