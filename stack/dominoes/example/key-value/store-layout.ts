/**
 * Where everything of the store lies in its one Int32Array. Private to a replica, equal on all of them.
 *
 *   head      counters and list heads                                       `Head`
 *   clients   number of the next outbox record, one word a client
 *   index     entry number + 1 by hash of the key, 0: empty; twice as many places as entries
 *   heap      entry numbers by deadline, the earliest first
 *   entries   of fixed size: `EntryWord`, then the value
 *
 * Invariant: every entry is either in the free list, or in the index exactly once; it is in the heap if it expires.
 */
import { keyWords, valueBytesLimit } from './messages.ts'

export const Head = {
  /** Counts changes; a key's version is what it was after the change that wrote the key. */
  version: 0,
  nextAction: 1,
  keyCount: 2,
  /** First entry of the free list, -1: none. */
  firstFree: 3,
  /** Entries in the heap. */
  heapCount: 4,
  /** Commands that failed their check. */
  refused: 5,
} as const

export const EntryWord = {
  hash: 0,
  keyBytes: 1,
  valueBytes: 2,
  version: 3,
  /** The client to be told of the key's expiry. */
  owner: 4,
  /** Microseconds, wrapping. */
  deadline: 5,
  /** Place in the heap, -1: the key does not expire. */
  heapPlace: 6,
  /** Next entry of the free list, -1: none. */
  nextFree: 7,
  key: 8,
  value: 8 + keyWords,
} as const

export const entryWords = EntryWord.value + valueBytesLimit / 4

const headWords = 8

export interface StoreLayout {
  /** A power of two. */
  readonly entryCount: number
  readonly clients: number
  readonly clientsWord: number
  readonly indexWord: number
  readonly indexCount: number
  readonly heapWord: number
  readonly entriesWord: number
  readonly words: number
}

export function planStore(entryCount: number, clients: number): StoreLayout {
  const indexWord = headWords + clients
  const indexCount = entryCount * 2
  const heapWord = indexWord + indexCount
  const entriesWord = heapWord + entryCount
  return {
    entryCount,
    clients,
    clientsWord: headWords,
    indexWord,
    indexCount,
    heapWord,
    entriesWord,
    words: entriesWord + entryCount * entryWords,
  }
}
