/**
 * The performance model's own system under a lock: the same requests as `runModel`, one state, applied in order by whichever
 * thread holds the lock; payload work outside it. What replication is measured against where nothing else differs.
 */
import { assertInteger } from '../../../dominoes/memory/assert.ts'
import { planCounters } from '../../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../../dominoes/memory/region.ts'
import { modelStateWords } from '../../../dominoes/model/model-domain.ts'
import type { ModelThreadResult } from '../../../dominoes/model/model-thread.ts'
import { concludeModel, type ModelOptions, type ModelResult } from '../../../dominoes/model/run-model.ts'
import { runThreads } from '../../../dominoes/model/threads.ts'
import { planLock } from '../locks.ts'
import type { LockedModelThreadData } from './locked-model-thread.ts'

const slotBytes = 512

/** `replicas` are threads here. */
export async function runLockedModel(options: ModelOptions): Promise<ModelResult> {
  const { replicas: threads, costs, warmupRequests } = options
  assertInteger(threads, 1, 64, 'threads')
  const requests = options.requests + warmupRequests
  const plan = new RegionPlan()
  const lockWord = planLock(plan)
  const timingWord = plan.reserve(4) / 4
  const releasedAt = plan.reserve(8)
  const stateWord = plan.reserve(4 * modelStateWords(costs)) / 4
  const counters = planCounters(plan, threads)
  const slots = Array.from({ length: threads }, () => plan.reserve(slotBytes) / 4)
  const performedAt = plan.reserve(requests)
  const region = plan.allocate()
  const { buffer } = region
  const shared = { buffer, lockWord, timingWord, releasedAt, stateWord, counters, performedAt }
  const results = await runThreads<ModelThreadResult>(
    new URL('./locked-model-thread.ts', import.meta.url),
    slots.map(
      (slotWord, id): LockedModelThreadData => ({ ...shared, id, slotWord, costs, requests, warmupRequests }),
    ),
  )
  return concludeModel(options, results, region.bytes.subarray(performedAt, performedAt + requests))
}
