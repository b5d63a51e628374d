/**
 * Payload work: what is done to every payload byte by the one replica that performs a send or deliver action,
 * between a stream's ring buffer and the frame. One instance per thread; allocates nothing after it was made.
 *
 *   none      nothing
 *   copy      copy
 *   checksum  the Internet checksum, which on the way in was verified before if no device vouches for it
 *   cipher    copy and AES-128-CTR, and on the way out the checksum of the result
 *
 * Work that leaves bytes as they are needs no copy. Whoever can send a frame from the ring, or read it there, has it done in
 * the ring (`sumInRing`); elsewhere it is done along with a copy.
 *
 * A ring wraps: its user splits a payload at the ring's end and calls twice. The sums of two calls compose with
 * `addSums(first, second, firstLength)`, whatever the lengths.
 */
import type { Region } from '../dominoes/memory/region.ts'
import { sumBytes } from '../wire/checksum.ts'
import { aesKeyBytes } from './aes.ts'
import { cipherNonceBytes, StreamCipher } from './cipher.ts'
import { copyAndSum } from './copy.ts'

export const payloadWorkKinds = ['none', 'copy', 'checksum', 'cipher'] as const
export type PayloadWorkKind = (typeof payloadWorkKinds)[number]

/** Whether bytes stay as they are under this work: then it can be done where they lie. */
export function leavesBytes(kind: PayloadWorkKind): boolean {
  return kind === 'none' || kind === 'checksum'
}

/** What `copyOut` returns where it computed no sum. */
export const noSum = -1

export interface PayloadWork {
  readonly kind: PayloadWorkKind
  /** Whether the work is a sum, which `copyOut` returns; else the device or the caller has to make the checksum. */
  readonly sums: boolean

  /**
   * Moves `length` bytes from byte offset `from` of a send buffer to `to` in a frame. The position in the stream
   * of the first one is given as two 32-bit halves. Returns the sum of the bytes now in the frame, 0 … 0xffff,
   * or `noSum`.
   */
  copyOut(from: number, to: number, length: number, positionLow: number, positionHigh: number): number

  /**
   * Moves `length` bytes from byte offset `from` of a frame to `to` in a receive buffer; undoes `copyOut`. `isVouchedFor`: the
   * device says that they are right, so nobody has summed them.
   */
  copyIn(
    from: number,
    to: number,
    length: number,
    positionLow: number,
    positionHigh: number,
    isVouchedFor: boolean,
  ): void
}

/**
 * Both ends' default: the key is no secret, since the cipher stands for work and not for confidentiality (all
 * streams share one keystream).
 */
export const defaultCipherKey: Uint8Array = Uint8Array.from({ length: aesKeyBytes }, (_, at) => at * 17)
const nonce = new Uint8Array(cipherNonceBytes)

type Views = Pick<Region, 'bytes' | 'words'>

export function createPayloadWork(
  kind: PayloadWorkKind,
  region: Views,
  cipherKey: Uint8Array = defaultCipherKey,
): PayloadWork {
  switch (kind) {
    case 'none':
      return new CopyWork(region, 'none')
    case 'copy':
      return new CopyWork(region, 'copy')
    case 'checksum':
      return new ChecksumWork(region)
    case 'cipher':
      return new CipherWork(region, cipherKey)
  }
}

class CopyWork implements PayloadWork {
  readonly kind: 'none' | 'copy'
  readonly sums = false
  readonly #bytes: Uint8Array

  constructor(region: Views, kind: 'none' | 'copy') {
    this.#bytes = region.bytes
    this.kind = kind
  }

  copyOut(from: number, to: number, length: number): number {
    this.#bytes.copyWithin(to, from, from + length)
    return noSum
  }

  copyIn(from: number, to: number, length: number): void {
    this.#bytes.copyWithin(to, from, from + length)
  }
}

/**
 * The checksum of received bytes was verified before the state change, so only the copy is left. Where a device vouches for
 * them the sum is made here, and compared with nothing: it stands for any such work, as it does in a super-frame that is sent.
 */
class ChecksumWork implements PayloadWork {
  readonly kind = 'checksum'
  readonly sums = true
  readonly #bytes: Uint8Array
  readonly #words: Int32Array

  constructor(region: Views) {
    this.#bytes = region.bytes
    this.#words = region.words
  }

  copyOut(from: number, to: number, length: number): number {
    return copyAndSum(this.#bytes, this.#words, from, to, length)
  }

  copyIn(
    from: number,
    to: number,
    length: number,
    _positionLow: number,
    _positionHigh: number,
    isVouchedFor: boolean,
  ): void {
    if (isVouchedFor) copyAndSum(this.#bytes, this.#words, from, to, length)
    else this.#bytes.copyWithin(to, from, from + length)
  }
}

class CipherWork implements PayloadWork {
  readonly kind = 'cipher'
  readonly sums = true
  readonly #bytes: Uint8Array
  readonly #words: Int32Array
  readonly #cipher: StreamCipher

  constructor(region: Views, key: Uint8Array) {
    this.#bytes = region.bytes
    this.#words = region.words
    this.#cipher = new StreamCipher(region.bytes, region.words, key, nonce)
  }

  copyOut(from: number, to: number, length: number, positionLow: number, positionHigh: number): number {
    this.#bytes.copyWithin(to, from, from + length)
    this.#cipher.apply(to, length, positionLow, positionHigh)
    return sumBytes(this.#bytes, this.#words, to, length)
  }

  copyIn(from: number, to: number, length: number, positionLow: number, positionHigh: number): void {
    this.#bytes.copyWithin(to, from, from + length)
    this.#cipher.apply(to, length, positionLow, positionHigh)
  }
}
