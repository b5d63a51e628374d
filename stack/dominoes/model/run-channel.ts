/**
 * Measures what a channel itself costs, on real threads: numbered requests that cost nothing, read by all, claimed by one.
 * Time is that of the whole loop; its parts are timed now and then.
 */
import { Auditor } from '../audit/auditor.ts'
import { assertInteger } from '../memory/assert.ts'
import { readCounters } from '../memory/counters.ts'
import { RegionPlan } from '../memory/region.ts'
import { initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import type { IdleOptions } from '../replica/idle.ts'
import type { ReaderThreadData, ReaderThreadResult } from './reader-thread.ts'
import { meanOf } from './sampled-time.ts'
import { runThreads } from './threads.ts'

export interface ChannelRunOptions {
  /** Threads, each a replica, and so a reader. */
  readonly readers: number
  readonly idle: IdleOptions['kind']
  readonly slotCount: number
  /** Most requests published at once. */
  readonly batch: number
  /** Requests that are measured, and those before them: until the compiler is done. */
  readonly requests: number
  readonly warmupRequests: number
}

export interface ChannelRunResult {
  /** From the first measured request to the end of the last. */
  readonly micros: number
  /** Over all readers and with the warm-up: requests that were seen in order, each once. */
  readonly seenInOrder: number
  /** Requests whose claim was won by exactly one reader. */
  readonly claimedOnce: number
  /** Claims won, by reader. */
  readonly won: readonly number[]
  /** Nanoseconds a request, or a claim, of the readers that did it: their mean. Null if it was never timed. */
  readonly publishNanos: number | null
  readonly dequeueNanos: number | null
  readonly claimNanos: number | null
  readonly digestsCompared: number
  readonly divergences: number
}

const digestStride = 1024
const digestEntries = 8192
/** More would leave digests that are overwritten before they are compared. */
export const mostChannelRequests = digestStride * (digestEntries - 2)

export async function runChannel(options: ChannelRunOptions): Promise<ChannelRunResult> {
  const { readers, idle, slotCount, batch, warmupRequests } = options
  const requests = options.requests + warmupRequests
  assertInteger(readers, 1, 64, 'readers')
  assertInteger(requests, 1, mostChannelRequests, 'requests')
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas: readers,
    slotCount,
    slotBytes: 512,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 4096,
    digestEntries,
    digestStride,
  })
  const tables = Array.from({ length: readers }, () => plan.reserve(requests))
  const region = plan.allocate()
  initialiseFramework(region, layout)
  const auditor = new Auditor(region, layout.digests, layout.channel)
  const { buffer } = region
  const results = await runThreads<ReaderThreadResult>(
    new URL('./reader-thread.ts', import.meta.url),
    tables.map(
      (wonAt, id): ReaderThreadData => ({ buffer, layout, wonAt, id, idle, batch, requests, warmupRequests }),
    ),
  )
  const { digestsCompared, divergences } = auditor.finish()
  return {
    micros:
      Math.max(...results.map(({ endedMicros }) => endedMicros)) -
      Math.min(...results.map(({ startedMicros }) => startedMicros)),
    seenInOrder: results.reduce((sum, { inOrder }) => sum + inOrder, 0),
    claimedOnce: countClaimedOnce(tables.map((at) => region.bytes.subarray(at, at + requests))),
    won: tables.map((_, id) => readCounters(region, layout.counters, id).claimsWon),
    publishNanos: meanOf(results.map(({ publishNanos }) => publishNanos)),
    dequeueNanos: meanOf(results.map(({ dequeueNanos }) => dequeueNanos)),
    claimNanos: meanOf(results.map(({ claimNanos }) => claimNanos)),
    digestsCompared,
    divergences,
  }
}

/** `tables` say, by reader, how often each request was claimed. */
export function countClaimedOnce(tables: readonly Uint8Array[]): number {
  const [first = new Uint8Array()] = tables
  return first.reduce((count, _, number) => {
    const times = tables.reduce((sum, table) => sum + (table[number] as number), 0)
    return count + (times === 1 ? 1 : 0)
  }, 0)
}
