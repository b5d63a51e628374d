/** A thread that takes a lock many times and counts by plain loads and stores while it holds it; see `locks.race.test.ts`. */
import { workerData } from 'node:worker_threads'
import type { LockKind } from '../../options.ts'
import { LockCounter } from '../lock-counters.ts'
import { openLock } from '../locks.ts'

export interface LockWorkerData {
  readonly kind: LockKind
  readonly buffer: SharedArrayBuffer
  readonly lockWord: number
  readonly countersWord: number
  readonly resultWord: number
  readonly thread: number
  readonly count: number
}

const { kind, buffer, lockWord, countersWord, resultWord, thread, count } = workerData as LockWorkerData
const words = new Int32Array(buffer)
const lock = openLock(kind, words, lockWord, new LockCounter(words, countersWord, thread))
for (let k = 0; k < count; k++) {
  lock.acquire()
  words[resultWord] = (words[resultWord] as number) + 1
  lock.release()
}
