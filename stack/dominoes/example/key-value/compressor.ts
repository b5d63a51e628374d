/**
 * A small byte-oriented compressor in the manner of LZ4, which looks for long matches: what makes building a reply
 * expensive and reading one cheap.
 *
 *   sequence   token (literals 4 bits, match - 4 4 bits) · more literals … · literals · distance (2 bytes) · more match …
 *
 * 15 in a half of the token is continued by bytes, 255 each but the last. The last sequence has literals only. A
 * compressor has private tables, so it belongs to one thread; expanding needs none. Neither allocates.
 */

const tableBits = 10
const leastMatch = 4
/** Earlier places that are tried for each match: more cost more, and make the result smaller. */
const mostTries = 16

/** Most bytes that `length` bytes can become. */
export function compressedLimit(length: number): number {
  return length + Math.ceil(length / 255) + 2
}

export class Compressor {
  /** By hash of four bytes: where they were last seen, counted from the start, + 1. */
  readonly #last = new Int32Array(1 << tableBits)
  /** By position from the start: where the same hash was seen before that, + 1. */
  readonly #before: Int32Array
  /** Length of the match that `#find` found. */
  #match = 0

  /** For inputs of at most `limit` bytes. */
  constructor(limit: number) {
    this.#before = new Int32Array(limit)
  }

  /** Compresses `length` bytes from `from` to `to`; returns how many they became. The two must not overlap. */
  compress(source: Uint8Array, from: number, length: number, target: Uint8Array, to: number): number {
    this.#last.fill(0)
    const end = from + length
    const lastStart = end - leastMatch
    let literals = from
    let out = to
    for (let at = from; at <= lastStart; ) {
      const found = this.#find(source, from, at, end)
      this.#remember(source, from, at)
      if (found < 0) {
        at += 1
        continue
      }
      const match = this.#match
      out = putLiterals(source, literals, at, match - leastMatch, target, out)
      target[out++] = (at - found) & 255
      target[out++] = (at - found) >>> 8
      out = putMore(match - leastMatch, target, out)
      literals = at + match
      for (at += 1; at < literals && at <= lastStart; at++) this.#remember(source, from, at)
      at = literals
    }
    return putLiterals(source, literals, end, 0, target, out) - to
  }

  /** Where the longest of the latest few matches for the bytes at `at` begins, -1 if there is none. */
  #find(source: Uint8Array, from: number, at: number, end: number): number {
    let best = -1
    this.#match = leastMatch - 1
    let candidate = (this.#last[hashFour(source, at)] as number) - 1
    for (let tries = 0; candidate >= 0 && tries < mostTries; tries++) {
      const length = commonLength(source, from + candidate, at, end)
      if (length > this.#match) {
        this.#match = length
        best = from + candidate
      }
      candidate = (this.#before[candidate] as number) - 1
    }
    return best
  }

  #remember(source: Uint8Array, from: number, at: number): void {
    const hash = hashFour(source, at)
    this.#before[at - from] = this.#last[hash] as number
    this.#last[hash] = at - from + 1
  }
}

/**
 * The reverse, into `target` from its start; returns the number of bytes, -1 if the input is not what a compressor
 * makes or does not fit.
 */
export function expand(source: Uint8Array, from: number, length: number, target: Uint8Array): number {
  const end = from + length
  let at = from
  let out = 0
  while (at < end) {
    const token = source[at++] as number
    let literals = token >>> 4
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = source[at++] ?? 0
    if (at + literals > end || out + literals > target.length) return -1
    for (const stop = at + literals; at < stop; ) target[out++] = source[at++] as number
    if (at === end) return out
    const distance = (source[at++] as number) | ((source[at++] ?? 0) << 8)
    let match = token & 15
    if (match === 15) for (let more = 255; more === 255; match += more) more = source[at++] ?? 0
    match += leastMatch
    if (distance === 0 || distance > out || out + match > target.length) return -1
    for (const stop = out + match; out < stop; out++) target[out] = target[out - distance] as number
  }
  return -1
}

function hashFour(bytes: Uint8Array, at: number): number {
  const four =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  return Math.imul(four, 0x9e3779b1 | 0) >>> (32 - tableBits)
}

function commonLength(bytes: Uint8Array, one: number, other: number, end: number): number {
  let length = 0
  while (other + length < end && bytes[one + length] === bytes[other + length]) length += 1
  return length
}

/** Puts a token, and the literals `source[from … to)`. */
function putLiterals(
  source: Uint8Array,
  from: number,
  to: number,
  match: number,
  target: Uint8Array,
  out: number,
): number {
  const count = to - from
  target[out] = (Math.min(count, 15) << 4) | Math.min(match, 15)
  let next = putMore(count, target, out + 1)
  for (let at = from; at < to; at++) target[next++] = source[at] as number
  return next
}

/** Continues a count that does not fit four bits. */
function putMore(count: number, target: Uint8Array, out: number): number {
  if (count < 15) return out
  let next = out
  let rest = count - 15
  for (; rest >= 255; rest -= 255) target[next++] = 255
  target[next++] = rest
  return next
}
