/**
 * The bytes of numbered datagrams: the number in four bytes, then a piece of the pattern that depends on the number.
 * So a datagram that is cut, mixed with another or under a wrong number does not match. As in `numbered.py`.
 */
import type { StreamPattern } from '../../content/stream-pattern.ts'

export const numberBytes = 4

export class DatagramContent {
  readonly #pattern: StreamPattern
  readonly #datagram: Buffer

  constructor(pattern: StreamPattern, datagramBytes: number) {
    this.#pattern = pattern
    this.#datagram = Buffer.alloc(datagramBytes)
  }

  /** The datagram with this number; the next call overwrites it. */
  of(number: number): Uint8Array {
    const { length } = this.#datagram
    this.#datagram.set(this.#pattern.at(number * length, length))
    this.#datagram.writeUInt32BE(number)
    return this.#datagram
  }

  /** The number of a datagram that arrived as it was sent; -1 for any other. */
  numberOf(bytes: Uint8Array): number {
    const { length } = this.#datagram
    if (bytes.length !== length) return -1
    const number = readNumber(bytes)
    return this.#pattern.firstMismatch(bytes.subarray(numberBytes), number * length + numberBytes) < 0
      ? number
      : -1
  }
}

export function readNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

export function writeNumber(number: number): Uint8Array {
  const bytes = Buffer.alloc(numberBytes)
  bytes.writeUInt32BE(number)
  return bytes
}
