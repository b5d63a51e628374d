/**
 * Digests that replicas leave for an auditor: each writes to a table of its own, at every channel index that is a
 * multiple of the stride. A *mark* is the count of requests that went into a digest, wrapping: index + 1 of the last.
 *
 *   per replica, word 0  first        the first mark it records                      whoever starts it
 *                     1  latest       the last mark it recorded                      the replica
 *                     2  finished     1 once it recorded its final digest            the replica
 *                     3  finalMark    where it ended                                 the replica
 *                     4  finalDigest                                                 the replica
 *   ── line ────────────────────────────────────────────────────────────────────────────────
 *                    32  entries of two words, at mark / stride mod count:
 *                        mark         the mark; mark - 1 while the entry is being written
 *                        digest
 *
 * Behind the replicas' tables lies that of the witness (witness.ts), written by the thread of the replica
 * that it follows; it records only some marks. One replica's thread writes its table, any thread reads.
 * Invariant: an entry whose mark is the same before and after its digest was read holds that mark's digest.
 */
import { assertPowerOfTwo } from '../memory/assert.ts'
import { lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const DigestWord = {
  first: 0,
  latest: 1,
  finished: 2,
  finalMark: 3,
  finalDigest: 4,
  entries: lineWords,
} as const

export interface DigestLayout {
  readonly baseWord: number
  readonly replicas: number
  /** Entries per replica; a power of two. */
  readonly count: number
  /** Requests from one digest to the next; a power of two, at least 2. 0: final digests only. */
  readonly stride: number
}

export function planDigests(plan: RegionPlan, replicas: number, count: number, stride: number): DigestLayout {
  assertPowerOfTwo(count, 'digestEntries')
  if (stride !== 0) assertPowerOfTwo(stride, 'digestStride')
  if (stride === 1) throw new RangeError('digestStride must be 0 or at least 2')
  const layout = { baseWord: 0, replicas, count, stride }
  return { ...layout, baseWord: plan.reserve(tableWords(layout) * (replicas + 1) * 4) / 4 }
}

/** Before any thread uses it: all replicas start at channel index `firstIndex`. */
export function initialiseDigests(region: Region, layout: DigestLayout, firstIndex: number): void {
  for (let replica = 0; replica < layout.replicas; replica++) {
    startDigests(region, layout, replica, firstIndex)
  }
  const witness = witnessTableOf(layout)
  startDigests(region, layout, witness, firstIndex)
  const entries = digestTable(layout, witness) + DigestWord.entries
  for (let k = 0; k < layout.count; k++) region.words[entries + 2 * k] = noMark
}

/** No multiple of any stride. */
const noMark = 1

/** The number of the witness's table, as if it were a further replica's. */
export function witnessTableOf(layout: DigestLayout): number {
  return layout.replicas
}

/** Makes a replica's table ready for one that starts, or starts again, at channel index `index`. */
export function startDigests(region: Region, layout: DigestLayout, replica: number, index: number): void {
  const table = digestTable(layout, replica)
  const first = firstMark(layout, index)
  Atomics.store(region.words, table + DigestWord.finished, 0)
  Atomics.store(region.words, table + DigestWord.first, first)
  Atomics.store(region.words, table + DigestWord.latest, (first - layout.stride) | 0)
}

/** The first multiple of the stride that counts at least one request from `index` on. */
function firstMark(layout: DigestLayout, index: number): number {
  return layout.stride === 0 ? 0 : ((index & -layout.stride) + layout.stride) | 0
}

/** Word offset of a replica's table. */
export function digestTable(layout: DigestLayout, replica: number): number {
  return layout.baseWord + replica * tableWords(layout)
}

/** Word offset of a mark's entry in a table. */
export function digestEntry(layout: DigestLayout, table: number, mark: number): number {
  const shift = 31 - Math.clz32(layout.stride)
  return table + DigestWord.entries + ((mark >>> shift) & (layout.count - 1)) * 2
}

function tableWords(layout: { readonly count: number }): number {
  return Math.ceil((DigestWord.entries + layout.count * 2) / lineWords) * lineWords
}

/** The writing end: one replica's thread. */
export class DigestWriter {
  readonly #words: Int32Array
  readonly #layout: DigestLayout
  readonly #table: number

  constructor(region: Region, layout: DigestLayout, replica: number) {
    this.#words = region.words
    this.#layout = layout
    this.#table = digestTable(layout, replica)
  }

  /** Whether a digest is wanted after the request before `position`. */
  isDue(position: number): boolean {
    const { stride } = this.#layout
    return stride !== 0 && (position & (stride - 1)) === 0
  }

  /** Records the digest of the state after the request before `position`, for which `isDue` is true. */
  record(position: number, digest: number): void {
    const words = this.#words
    const entry = digestEntry(this.#layout, this.#table, position)
    Atomics.store(words, entry, (position - 1) | 0)
    Atomics.store(words, entry + 1, digest)
    Atomics.store(words, entry, position)
    Atomics.store(words, this.#table + DigestWord.latest, position)
  }

  /** Records the digest with which this replica ends, at any position. */
  recordFinal(position: number, digest: number): void {
    const words = this.#words
    Atomics.store(words, this.#table + DigestWord.finalMark, position)
    Atomics.store(words, this.#table + DigestWord.finalDigest, digest)
    Atomics.store(words, this.#table + DigestWord.finished, 1)
  }
}
