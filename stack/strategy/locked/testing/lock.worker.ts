/**
 * A thread that takes a lock many times and counts by plain loads and stores while it holds it; see
 * `locks.race.test.ts`.
 */
import { workerData } from 'node:worker_threads'
import { Counters, type CountersLayout } from '../../../dominoes/memory/counters.ts'
import { openRegion } from '../../../dominoes/memory/region.ts'
import type { LockKind } from '../../options.ts'
import { openLock } from '../locks.ts'

export interface LockWorkerData {
  readonly kind: LockKind
  readonly buffer: SharedArrayBuffer
  readonly lockWord: number
  readonly counters: CountersLayout
  readonly resultWord: number
  readonly thread: number
  readonly count: number
}

const { kind, buffer, lockWord, counters, resultWord, thread, count } = workerData as LockWorkerData
const region = openRegion(buffer)
const { words } = region
const lock = openLock(kind, words, lockWord, new Counters(region, counters, thread))
for (let k = 0; k < count; k++) {
  lock.acquire()
  words[resultWord] = (words[resultWord] as number) + 1
  lock.release()
}
