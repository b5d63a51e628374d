/**
 * Measures the performance model's own system on real threads: requests of a fixed state work `s` and a fixed payload
 * work `p`, nothing else. What is faster or slower than S(N) = N / (1 + (N - 1) r), r = s / (s + p), is the framework's
 * cost and the machine's.
 */
import { Auditor } from '../audit/auditor.ts'
import { assertInteger } from '../memory/assert.ts'
import { RegionPlan } from '../memory/region.ts'
import { initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import type { ModelCosts } from './model-domain.ts'
import type { ModelThreadData, ModelThreadResult } from './model-thread.ts'
import { meanOf } from './sampled-time.ts'
import { runThreads } from './threads.ts'

export interface ModelOptions {
  /** Threads, each a replica; 0: the same work in one plain loop, without a channel. */
  readonly replicas: number
  readonly costs: ModelCosts
  /** Requests that are measured, and those before them: until the compiler is done. */
  readonly requests: number
  readonly warmupRequests: number
}

export interface ModelResult {
  readonly requests: number
  /** From the first measured request to the end of the last. */
  readonly micros: number
  /** Actions that were performed exactly once, warm-up included: all of them, or something is wrong. */
  readonly performedOnce: number
  /** For a request: to apply it; under a lock, the whole serialized section; to perform its action. Null if not timed. */
  readonly stateNanos: number | null
  readonly sectionNanos: number | null
  readonly payloadNanos: number | null
  readonly digestsCompared: number
  readonly divergences: number
}

export async function runModel(options: ModelOptions): Promise<ModelResult> {
  assertInteger(options.replicas, 0, 64, 'replicas')
  const isSequential = options.replicas === 0
  const replicas = Math.max(1, options.replicas)
  const requests = options.requests + options.warmupRequests
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas,
    slotCount: 1024,
    slotBytes: 512,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 4096,
    digestEntries: 8192,
    digestStride: 1024,
  })
  const performedAt = plan.reserve(requests)
  const region = plan.allocate()
  initialiseFramework(region, layout)
  const auditor = new Auditor(region, layout.digests, layout.channel)
  const results = await runThreads<ModelThreadResult>(
    new URL('./model-thread.ts', import.meta.url),
    Array.from(
      { length: replicas },
      (_, id): ModelThreadData => ({
        buffer: region.buffer,
        layout,
        performedAt,
        id,
        isSequential,
        costs: options.costs,
        requests,
        warmupRequests: options.warmupRequests,
      }),
    ),
  )
  const { digestsCompared, divergences } = isSequential
    ? { digestsCompared: 0, divergences: 0 }
    : auditor.finish()
  const performed = region.bytes.subarray(performedAt, performedAt + requests)
  return { ...concludeModel(options, results, performed), digestsCompared, divergences }
}

/** What follows from the results of threads; `performed` says how often each action was performed. */
export function concludeModel(
  { requests }: ModelOptions,
  results: readonly ModelThreadResult[],
  performed: Uint8Array,
): ModelResult {
  const starts = results.map(({ startedMicros }) => startedMicros).filter((micros) => micros > 0)
  return {
    requests,
    micros: Math.max(...results.map(({ endedMicros }) => endedMicros)) - Math.min(...starts),
    performedOnce: performed.reduce((count, times) => count + (times === 1 ? 1 : 0), 0),
    stateNanos: meanOf(results.map(({ stateNanos }) => stateNanos)),
    sectionNanos: meanOf(results.map(({ sectionNanos }) => sectionNanos)),
    payloadNanos: meanOf(results.map(({ payloadNanos }) => payloadNanos)),
    digestsCompared: 0,
    divergences: 0,
  }
}
