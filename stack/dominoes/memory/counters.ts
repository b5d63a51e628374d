/**
 * What each replica counts, in shared memory: one line per replica. The replica's own table is `Counter`; what else a
 * thread counts can have a table of its own, of at most 32 names, and lines of its own.
 *
 *   word  32 r + c   counter c of replica r     written by replica r's thread only, plain stores
 *
 * Counters are 32 bits and wrap; read them as differences. Any thread may read at any time.
 */
import { lineBytes, lineWords, type Region, type RegionPlan } from './region.ts'

/** What a replica counts: name and place. */
export const Counter = {
  /** Requests applied. */
  applied: 0,
  /** Requests checked by this replica. */
  checked: 1,
  /** Of those, requests checked while an earlier verdict was pending elsewhere. */
  checkedAhead: 2,
  /** Actions performed by this replica. */
  performed: 3,
  /** Performs that could not be done yet. */
  deferred: 4,
  /** Claims of actions won and lost. */
  claimsWon: 5,
  claimsLost: 6,
  /** Polls of the source while holding the producer role. */
  polls: 7,
  /** Requests published. */
  published: 8,
  /** Rounds of the loop that found nothing to do. */
  idles: 9,
  /** Times the thread went to sleep, on a signal or in the source. */
  parks: 10,
  /** Digests recorded. */
  digests: 11,
} as const

/** Names and their places, 0 … 31, each different. */
export type CounterTable = Readonly<Record<string, number>>
export type CounterName = keyof typeof Counter
export type CounterValues = Record<CounterName, number>

export interface CountersLayout {
  readonly baseWord: number
  readonly replicas: number
}

export function planCounters(plan: RegionPlan, replicas: number): CountersLayout {
  return { baseWord: plan.reserve(replicas * lineBytes) / 4, replicas }
}

/** The writing end: one replica's thread. */
export class Counters {
  readonly #words: Int32Array
  readonly #base: number

  constructor(region: Region, layout: CountersLayout, replica: number) {
    this.#words = region.words
    this.#base = layout.baseWord + replica * lineWords
  }

  add(counter: number, count: number): void {
    const at = this.#base + counter
    this.#words[at] = ((this.#words[at] as number) + count) | 0
  }
}

/** A replica's counters by name, 0 … 2^32 - 1. Any thread. */
export function readCounters(region: Region, layout: CountersLayout, replica: number): CounterValues
export function readCounters<Table extends CounterTable>(
  region: Region,
  layout: CountersLayout,
  replica: number,
  table: Table,
): Record<keyof Table, number>
export function readCounters(
  region: Region,
  layout: CountersLayout,
  replica: number,
  table: CounterTable = Counter,
): Record<string, number> {
  const base = layout.baseWord + replica * lineWords
  const entries = Object.entries(table).map(([name, at]) => [
    name,
    Atomics.load(region.words, base + at) >>> 0,
  ])
  return Object.fromEntries(entries)
}
