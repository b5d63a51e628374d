/**
 * AES-128 encryption of single blocks (FIPS 197), with four tables of 256 words. One instance per thread.
 *
 * A block is four 32-bit words in the region's little-endian order, so that keystream and memory meet without
 * swapping bytes. The tables make its timing depend on key and data: good for measuring work, not for secrets.
 */

const roundCount = 10
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

/** Encrypts the block `in0 … in3` under expanded keys; the result goes to `out[0 … 3]`. */
export function encryptAesBlock(
  keys: Int32Array,
  in0: number,
  in1: number,
  in2: number,
  in3: number,
  out: Int32Array,
): void {
  let s0 = in0 ^ (keys[0] as number)
  let s1 = in1 ^ (keys[1] as number)
  let s2 = in2 ^ (keys[2] as number)
  let s3 = in3 ^ (keys[3] as number)
  for (let at = 4; at < 4 * roundCount; at += 4) {
    const t0 = mixColumn(s0, s1, s2, s3) ^ (keys[at] as number)
    const t1 = mixColumn(s1, s2, s3, s0) ^ (keys[at + 1] as number)
    const t2 = mixColumn(s2, s3, s0, s1) ^ (keys[at + 2] as number)
    s3 = mixColumn(s3, s0, s1, s2) ^ (keys[at + 3] as number)
    s0 = t0
    s1 = t1
    s2 = t2
  }
  out[0] = lastColumn(s0, s1, s2, s3) ^ (keys[40] as number)
  out[1] = lastColumn(s1, s2, s3, s0) ^ (keys[41] as number)
  out[2] = lastColumn(s2, s3, s0, s1) ^ (keys[42] as number)
  out[3] = lastColumn(s3, s0, s1, s2) ^ (keys[43] as number)
}

/** ShiftRows takes row r of a column from the r-th column after it. */
function mixColumn(row0: number, row1: number, row2: number, row3: number): number {
  return (
    (table0[row0 & 0xff] as number) ^
    (table1[(row1 >>> 8) & 0xff] as number) ^
    (table2[(row2 >>> 16) & 0xff] as number) ^
    (table3[row3 >>> 24] as number)
  )
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
