/**
 * A small byte-oriented compressor in the manner of LZ4: what makes building a reply expensive and reading one cheap.
 *
 *   sequence   token (literals 4 bits, match - 4 4 bits) · more literals … · literals · distance (2 bytes) · more match …
 *
 * 15 in a half of the token is continued by bytes, 255 each but the last. The last sequence has literals only. A
 * compressor has a private table, so it belongs to one thread; expanding needs none. Neither allocates.
 */

const tableBits = 10
const leastMatch = 4

/** Most bytes that `length` bytes can become. */
export function compressedLimit(length: number): number {
  return length + Math.ceil(length / 255) + 2
}

export class Compressor {
  /** By hash of four bytes: where they were last seen, + 1. */
  readonly #seen = new Int32Array(1 << tableBits)

  /** Compresses `length` bytes from `from` to `to`; returns how many they became. The two must not overlap. */
  compress(source: Uint8Array, from: number, length: number, target: Uint8Array, to: number): number {
    const seen = this.#seen.fill(0)
    const end = from + length
    const lastStart = end - leastMatch
    let literals = from
    let out = to
    for (let at = from; at <= lastStart; ) {
      const hash = hashFour(source, at)
      const candidate = (seen[hash] as number) - 1
      seen[hash] = at + 1
      if (candidate < from || !startsAlike(source, candidate, at)) {
        at += 1
        continue
      }
      let match = leastMatch
      while (at + match < end && source[candidate + match] === source[at + match]) match += 1
      out = putLiterals(source, literals, at, match - leastMatch, target, out)
      target[out++] = (at - candidate) & 255
      target[out++] = (at - candidate) >>> 8
      out = putMore(match - leastMatch, target, out)
      at += match
      literals = at
    }
    return putLiterals(source, literals, end, 0, target, out) - to
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

function startsAlike(bytes: Uint8Array, one: number, other: number): boolean {
  for (let k = 0; k < leastMatch; k++) if (bytes[one + k] !== bytes[other + k]) return false
  return true
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
