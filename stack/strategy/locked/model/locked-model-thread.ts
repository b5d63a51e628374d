/**
 * One thread of `runLockedModel`: takes the next request, applies it to the one state under the lock, and performs its action
 * when it has released the lock.
 *
 * The serialized section of a request begins when it could have begun: when the thread asked for the lock, or when the lock
 * was released, whichever was later. It ends with the release. So it has the state work, with the lines that come from
 * another processor, and the lock's own way from one holder to the next; waiting for others is not in it. A thread that
 * times a section announces itself, and holders leave the time of their release while anybody does.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SlotWord } from '../../../dominoes/contract/slot.ts'
import { Counters, type CountersLayout } from '../../../dominoes/memory/counters.ts'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { type ModelCosts, ModelDomain, modelStateWords } from '../../../dominoes/model/model-domain.ts'
import type { ModelThreadResult } from '../../../dominoes/model/model-thread.ts'
import { nowMicros, nowNanos, SampledTime } from '../../../dominoes/model/sampled-time.ts'
import { openLock } from '../locks.ts'

export interface LockedModelThreadData {
  readonly buffer: SharedArrayBuffer
  readonly id: number
  /** Word offsets of the lock, of how many threads time a section, of the state, and of this thread's slot. */
  readonly lockWord: number
  readonly timingWord: number
  readonly stateWord: number
  readonly slotWord: number
  /** Byte offsets of the time of the last release, in nanoseconds, and of a byte for each request. */
  readonly releasedAt: number
  readonly performedAt: number
  readonly counters: CountersLayout
  readonly costs: ModelCosts
  readonly requests: number
  readonly warmupRequests: number
}

/** One in so many is timed: often enough for the compiler to care. */
const timedEvery = 7

const data = workerData as LockedModelThreadData
const { timingWord, slotWord, costs, requests, warmupRequests } = data
const region = openRegion(data.buffer)
const { words } = region
const released = new Float64Array(data.buffer, data.releasedAt, 1)
const performed = new Uint8Array(data.buffer, data.performedAt, requests)
const state = words.subarray(data.stateWord, data.stateWord + modelStateWords(costs))
const domain = new ModelDomain(region, performed, costs, state)
const lock = openLock('parking', words, data.lockWord, new Counters(region, data.counters, data.id))
const sectionTime = new SampledTime()
const payloadTime = new SampledTime()
let startedMicros = 0

words[slotWord + SlotWord.kind] = 1
let number = 0
for (let taken = 0; number < requests; taken++) {
  if (taken % timedEvery === 0) takeTimed()
  else take()
}
parentPort?.postMessage({
  startedMicros,
  endedMicros: nowMicros(),
  stateNanos: null,
  sectionNanos: sectionTime.nanos,
  payloadNanos: payloadTime.nanos,
} satisfies ModelThreadResult)

function take(): void {
  lock.acquire()
  apply()
  if (Atomics.load(words, timingWord) > 0) released[0] = nowNanos()
  lock.release()
  if (number < requests) perform()
}

function takeTimed(): void {
  Atomics.add(words, timingWord, 1)
  const askedNanos = nowNanos()
  lock.acquire()
  const startedNanos = Math.max(askedNanos, released[0] as number)
  apply()
  // Another thread than this one times its section.
  if (Atomics.load(words, timingWord) > 1) released[0] = nowNanos()
  lock.release()
  const endedNanos = nowNanos()
  Atomics.sub(words, timingWord, 1)
  if (number >= requests) return
  sectionTime.add(startedNanos, endedNanos)
  perform()
  payloadTime.add(endedNanos, nowNanos())
}

/** Holding the lock. How many requests were applied is in the state: whoever holds the lock knows the next. */
function apply(): void {
  number = state[1] as number
  if (number >= requests) return
  if (number === warmupRequests) startedMicros = nowMicros()
  words[slotWord + SlotWord.random] = Math.imul(number + 1, 0x9e3779b1)
  domain.apply(slotWord)
}

function perform(): void {
  domain.perform(0)
  domain.actions.clear()
}
