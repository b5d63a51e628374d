import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { planCounters, readCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import type { LockKind } from '../options.ts'
import { LockCounter } from './lock-counters.ts'
import { planLock } from './locks.ts'
import type { LockWorkerData } from './testing/lock.worker.ts'

/** Two threads for locks that spin, as many as there are cores; three for the one that sleeps. */
const kinds: readonly (readonly [LockKind, number])[] = [
  ['spin', 2],
  ['ticket', 2],
  ['parking', 3],
]

test.each(kinds)('a %s lock is held by one of %i threads at a time', async (kind, threads) => {
  const count = 30_000
  const plan = new RegionPlan()
  const lockWord = planLock(plan)
  const counters = planCounters(plan, threads)
  const resultWord = plan.reserve(4) / 4
  const region = plan.allocate()
  const { buffer, words } = region
  const workers = Array.from({ length: threads }, (_, thread) => {
    const data: LockWorkerData = { kind, buffer, lockWord, counters, resultWord, thread, count }
    return new Worker(new URL('./testing/lock.worker.ts', import.meta.url), { workerData: data })
  })
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  expect(words[resultWord]).toBe(threads * count)
  for (let thread = 0; thread < threads; thread++) {
    expect(readCounters(region, counters, thread, LockCounter).lockAcquired).toBe(count)
  }
})
