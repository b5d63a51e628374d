/**
 * The Internet checksum (RFC 1071), over a region seen through its two views. Any thread; pure.
 *
 * A *sum* is the 16-bit one's complement sum of the big-endian 16-bit words that start at the first byte
 * summed, 0 … 0xffff, not yet complemented. Sums compose: add them (`addSums`), swapping the bytes of one
 * that follows an odd number of bytes.
 */
import { readUint16 } from './big-endian.ts'

/** Longest run that `sumBytes` takes: its 32-bit accumulators hold that many halfwords. */
export const sumLimitBytes = 128 * 1024

/**
 * Sums `length` bytes from byte offset `at`; 0 … `sumLimitBytes`, at any alignment.
 *
 * Runs over aligned 32-bit words in the machine's (little-endian) order and swaps once at the end, which
 * RFC 1071 section 2(B) permits.
 */
export function sumBytes(bytes: Uint8Array, words: Int32Array, at: number, length: number): number {
  const end = at + length
  let position = at
  // Little-endian by address: a byte at an odd address is the upper half of its pair.
  let sum = 0
  if ((position & 1) !== 0 && position < end) {
    sum = (bytes[position] as number) << 8
    position += 1
  }
  if ((position & 2) !== 0 && position + 2 <= end) {
    sum += (bytes[position] as number) | ((bytes[position + 1] as number) << 8)
    position += 2
  }
  const blocksAt = position >> 2
  let word = blocksAt
  const wordEnd = end >> 2
  if (word < wordEnd) {
    word = blocksAt + ((wordEnd - blocksAt) & ~7)
    sum += sumBlocks(words, blocksAt, word)
    for (; word < wordEnd; word++) {
      const w = words[word] as number
      sum += (w & 0xffff) + (w >>> 16)
    }
    position = wordEnd << 2
  }
  if (position + 2 <= end) {
    sum += (bytes[position] as number) | ((bytes[position + 1] as number) << 8)
    position += 2
  }
  if (position < end) sum += bytes[position] as number
  sum = foldSum(sum)
  // From an odd address the pairs by address are exactly the big-endian words that start there.
  return (at & 1) === 0 ? swapSum(sum) : sum
}

/**
 * The sum, by address, of the aligned words from `word` to `end`, a multiple of eight. Two accumulators: `all` is the sum modulo 2^32, `high` the
 * sum of the upper halves; the sum of the lower halves is their difference, exact because it stays below 2^31.
 *
 * A loop alone: with another one for the rest beside it the compiler makes code that is a quarter slower.
 */
function sumBlocks(words: Int32Array, word: number, end: number): number {
  let all = 0
  let high = 0
  let at = word
  for (; at < end; at += 8) {
    const w0 = words[at] as number
    const w1 = words[at + 1] as number
    const w2 = words[at + 2] as number
    const w3 = words[at + 3] as number
    const w4 = words[at + 4] as number
    const w5 = words[at + 5] as number
    const w6 = words[at + 6] as number
    const w7 = words[at + 7] as number
    all = (all + w0 + w1 + w2 + w3 + w4 + w5 + w6 + w7) | 0
    high =
      (high +
        (w0 >>> 16) +
        (w1 >>> 16) +
        (w2 >>> 16) +
        (w3 >>> 16) +
        (w4 >>> 16) +
        (w5 >>> 16) +
        (w6 >>> 16) +
        (w7 >>> 16)) |
      0
  }
  return foldSum((all - (high << 16)) | 0) + foldSum(high)
}

/** Reduces a sum of several sums (0 … 2^31 - 1) to 16 bits, carries added back in. */
export function foldSum(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16)
  return (once & 0xffff) + (once >>> 16)
}

/** The sum of the same bytes one position further on (RFC 1071 section 2(B)). */
export function swapSum(sum: number): number {
  return ((sum & 0xff) << 8) | (sum >>> 8)
}

/** Sum of two runs of bytes of which the second follows `firstLength` bytes of the first. */
export function addSums(first: number, second: number, firstLength: number): number {
  return foldSum(first + ((firstLength & 1) === 0 ? second : swapSum(second)))
}

/** Sum of the pseudo header of TCP and UDP (RFC 9293 section 3.1); `length` is header and payload. */
export function sumPseudoHeader(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  return foldSum(
    (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length,
  )
}

/** What goes into a checksum field. */
export function checksumOf(sum: number): number {
  return ~foldSum(sum) & 0xffff
}

/** Whether bytes that include their own checksum add up. */
export function sumHolds(sum: number): boolean {
  return foldSum(sum) === 0xffff
}

/** Sum of a short header, two bytes at a time; `length` is even. Faster than `sumBytes` up to some 24 bytes. */
export function sumHeader(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0
  for (let offset = 0; offset < length; offset += 2) sum += readUint16(bytes, at + offset)
  return foldSum(sum)
}
