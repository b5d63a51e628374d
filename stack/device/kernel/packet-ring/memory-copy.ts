/**
 * Copies between a ring and the region without a call. A call needs addresses, which are numbers beyond 31 bits: the engine
 * would box them anew for every frame, and the garbage collector would have to take them. A loop allocates nothing, and is
 * as quick as a call for as many bytes as a frame has.
 *
 * It moves as many bytes at once as source and target agree on: eight where their offsets are equal modulo 8, four where
 * modulo 4; else it puts every word together from two. So frames are placed in step with where they go (`ring-layout.ts`).
 */

/** One piece of memory, seen as bytes, as little-endian words and as pairs of words: a whole number of pairs. */
export interface MemoryViews {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly pairs: BigInt64Array
}

export function viewMemory(buffer: ArrayBufferLike): MemoryViews {
  return {
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    pairs: new BigInt64Array(buffer, 0, buffer.byteLength >> 3),
  }
}

/** Copies `length` bytes. The caller has made sure that both places are within their memory, which is not the same. */
export function copyBytes(
  target: MemoryViews,
  to: number,
  source: MemoryViews,
  from: number,
  length: number,
): void {
  // Up to a whole word, and to a whole pair where there are pairs.
  const inStep = to - from
  const first = Math.min(length, -to & ((inStep & 7) === 0 ? 7 : 3))
  copySingly(target.bytes, to, source.bytes, from, first)
  const rest = length - first
  const unit = (inStep & 7) === 0 ? 8 : 4
  const middle = rest & -unit
  if (unit === 8) copyPairs(target.pairs, (to + first) >>> 3, source.pairs, (from + first) >>> 3, middle >> 3)
  else if ((inStep & 3) === 0)
    copyWords(target.words, (to + first) >>> 2, source.words, (from + first) >>> 2, middle >> 2)
  else joinWords(target.words, (to + first) >>> 2, source.words, from + first, middle >> 2)
  const done = first + middle
  copySingly(target.bytes, to + done, source.bytes, from + done, rest - middle)
}

function copySingly(target: Uint8Array, to: number, source: Uint8Array, from: number, count: number): void {
  for (let k = 0; k < count; k++) target[to + k] = source[from + k] as number
}

function copyWords(target: Int32Array, to: number, source: Int32Array, from: number, count: number): void {
  for (let k = 0; k < count; k++) target[to + k] = source[from + k] as number
}

/** The optimised code loads and stores machine words here, and makes no BigInt of them. */
function copyPairs(
  target: BigInt64Array,
  to: number,
  source: BigInt64Array,
  from: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) target[to + k] = source[from + k] as bigint
}

/** Each word of the target from two of the source: `from` is a byte offset, and not that of a word. */
function joinWords(target: Int32Array, to: number, source: Int32Array, from: number, count: number): void {
  if (count === 0) return
  const low = (from & 3) << 3
  const high = 32 - low
  const start = from >>> 2
  let word = source[start] as number
  for (let k = 0; k < count; k++) {
    const next = source[start + k + 1] as number
    target[to + k] = (word >>> low) | (next << high)
    word = next
  }
}
