/**
 * AES-128 (FIPS 197) in counter mode, with four tables of 256 words. One instance per thread.
 *
 * A block is four 32-bit words in the region's little-endian order, so that keystream and memory meet without
 * swapping bytes. The tables make its timing depend on key and data: good for measuring work, not for secrets.
 */

const roundCount = 10
const blockWords = 4
export const aesKeyBytes = 16

function doubleOf(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x1b : 0)) & 0xff
}

/** The S-box: inverse in GF(2^8), then an affine map (FIPS 197 section 5.1.1). */
function makeSubstitution(): Uint8Array {
  const box = new Uint8Array(256)
  // 3 generates the field's non-zero elements, and 0xf6 is its inverse: p and q walk as inverses of each other.
  let p = 1
  let q = 1
  do {
    p = p ^ doubleOf(p)
    q = timesInverseOfThree(q)
    box[p] = q ^ rotateByte(q, 1) ^ rotateByte(q, 2) ^ rotateByte(q, 3) ^ rotateByte(q, 4) ^ 0x63
  } while (p !== 1)
  box[0] = 0x63
  return box
}

function timesInverseOfThree(value: number): number {
  let result = value ^ (value << 1)
  result ^= result << 2
  result ^= result << 4
  result &= 0xff
  return result & 0x80 ? result ^ 0x09 : result
}

function rotateByte(value: number, by: number): number {
  return ((value << by) | (value >> (8 - by))) & 0xff
}

const substitution = makeSubstitution()

/** Table `row`: what a byte in that row adds to its column after SubBytes and MixColumns. */
function makeTable(row: number): Int32Array {
  const table = new Int32Array(256)
  for (let value = 0; value < 256; value++) {
    const s = substitution[value] as number
    const double = doubleOf(s)
    const column = double | (s << 8) | (s << 16) | ((double ^ s) << 24)
    table[value] = (column << (8 * row)) | (row === 0 ? 0 : column >>> (32 - 8 * row))
  }
  return table
}

const table0 = makeTable(0)
const table1 = makeTable(1)
const table2 = makeTable(2)
const table3 = makeTable(3)

function substituteWord(word: number): number {
  return (
    (substitution[word & 0xff] as number) |
    ((substitution[(word >>> 8) & 0xff] as number) << 8) |
    ((substitution[(word >>> 16) & 0xff] as number) << 16) |
    ((substitution[word >>> 24] as number) << 24)
  )
}

/** The 44 round-key words of a 16-byte key (FIPS 197 section 5.2). */
export function expandAesKey(key: Uint8Array): Int32Array {
  if (key.length !== aesKeyBytes) throw new RangeError(`an AES-128 key has 16 bytes, not ${key.length}`)
  const words = new Int32Array(4 * (roundCount + 1))
  for (let at = 0; at < aesKeyBytes; at++) {
    words[at >> 2] = (words[at >> 2] as number) | ((key[at] as number) << (8 * (at & 3)))
  }
  let roundConstant = 1
  for (let at = 4; at < words.length; at++) {
    let word = words[at - 1] as number
    if ((at & 3) === 0) {
      word = substituteWord((word >>> 8) | (word << 24)) ^ roundConstant
      roundConstant = doubleOf(roundConstant)
    }
    words[at] = (words[at - 4] as number) ^ word
  }
  return words
}

/**
 * Counter mode (NIST SP 800-38A section 6.5): XORs `blockCount` blocks from word offset `at` of `words` with encrypted
 * counter blocks. A counter block is two words of nonce and the big-endian number of the block, which begins at
 * `numberHigh`, `numberLow`.
 *
 * The whole run of blocks is one function, too large to be inlined. So its machine code does not depend on
 * which caller gets hot first.
 */
export function addKeystream(
  keys: Int32Array,
  nonce0: number,
  nonce1: number,
  numberHigh: number,
  numberLow: number,
  words: Int32Array,
  at: number,
  blockCount: number,
): void {
  let high = numberHigh
  let low = numberLow
  const end = at + blockCount * blockWords
  for (let word = at; word < end; word += blockWords) {
    let s0 = nonce0 ^ (keys[0] as number)
    let s1 = nonce1 ^ (keys[1] as number)
    let s2 = swapWord(high) ^ (keys[2] as number)
    let s3 = swapWord(low) ^ (keys[3] as number)
    // ShiftRows takes row r of a column from the r-th column after it.
    for (let key = 4; key < 4 * roundCount; key += 4) {
      const t0 = mixColumn(s0, s1, s2, s3) ^ (keys[key] as number)
      const t1 = mixColumn(s1, s2, s3, s0) ^ (keys[key + 1] as number)
      const t2 = mixColumn(s2, s3, s0, s1) ^ (keys[key + 2] as number)
      s3 = mixColumn(s3, s0, s1, s2) ^ (keys[key + 3] as number)
      s0 = t0
      s1 = t1
      s2 = t2
    }
    words[word] = (words[word] as number) ^ lastColumn(s0, s1, s2, s3) ^ (keys[40] as number)
    words[word + 1] = (words[word + 1] as number) ^ lastColumn(s1, s2, s3, s0) ^ (keys[41] as number)
    words[word + 2] = (words[word + 2] as number) ^ lastColumn(s2, s3, s0, s1) ^ (keys[42] as number)
    words[word + 3] = (words[word + 3] as number) ^ lastColumn(s3, s0, s1, s2) ^ (keys[43] as number)
    low = (low + 1) | 0
    if (low === 0) high = (high + 1) | 0
  }
}

/** The last round has no MixColumns. */
function lastColumn(row0: number, row1: number, row2: number, row3: number): number {
  return (
    (substitution[row0 & 0xff] as number) |
    ((substitution[(row1 >>> 8) & 0xff] as number) << 8) |
    ((substitution[(row2 >>> 16) & 0xff] as number) << 16) |
    ((substitution[row3 >>> 24] as number) << 24)
  )
}

function swapWord(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

function mixColumn(row0: number, row1: number, row2: number, row3: number): number {
  return (
    (table0[row0 & 0xff] as number) ^
    (table1[(row1 >>> 8) & 0xff] as number) ^
    (table2[(row2 >>> 16) & 0xff] as number) ^
    (table3[row3 >>> 24] as number)
  )
}
