/**
 * Replays a log with N replicas of a domain: on threads, as a stack runs, or stepped on the calling one. The domain is
 * the caller's; everything else is the framework that recorded.
 *
 *     const report = await replayOnThreads(reader, 4, (task) => new Worker(file, { workerData: task }))
 *
 * and in that file `runReplayed(task, (words) => new MyDomain(words))`.
 */
import type { Worker } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import type { ClaimPolicy } from '../claims/claim-policy.ts'
import { openRegion, type Region, RegionPlan } from '../memory/region.ts'
import { type FrameworkLayout, initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import { createIdle } from '../replica/idle.ts'
import { openReplica } from '../replica/open-replica.ts'
import type { Replica } from '../replica/replica.ts'
import { runReplica } from '../replica/run-replica.ts'
import { LogDomain, type ReplayedDomain } from './domain.ts'
import type { LogReader } from './reader.ts'
import { LogReplayer, type ReplayReport, replayOptions, replayStart } from './replayer.ts'

/** What crosses to a replica's thread. */
export interface ReplayTask {
  readonly buffer: SharedArrayBuffer
  readonly layout: FrameworkLayout
  readonly id: number
}

/** Makes a replica's domain over the region that slots are in: in its initial state. */
export type OpenReplayed = (words: Int32Array, id: number) => ReplayedDomain

/** There is no world to act on: every action is another's. */
const nobody: ClaimPolicy = { claim: () => false }

/** Longest wait for progress before looking whether a thread failed. */
const progressMicros = 100_000

/** Steps all replicas on this thread. Throws LogError. */
export function replayHere(reader: LogReader, replicas: number, open: OpenReplayed): ReplayReport {
  const { region, layout, replayer } = prepare(reader, replicas)
  const opened = Array.from({ length: replicas }, (_, id) => openReplayed(region, layout, id, open))
  while (!replayer.isFed) {
    replayer.feed()
    for (const replica of opened) replica.doWork()
  }
  replayer.close()
  while (!opened.every((replica) => replica.isFinished)) for (const replica of opened) replica.doWork()
  for (const replica of opened) replica.recordFinalDigest()
  return replayer.finish()
}

/** Runs each replica on a thread that `start` makes. Throws LogError, and what a thread throws. */
export async function replayOnThreads(
  reader: LogReader,
  replicas: number,
  start: (task: ReplayTask) => Worker,
): Promise<ReplayReport> {
  const { region, layout, channel, replayer } = prepare(reader, replicas)
  const workers = Array.from({ length: replicas }, (_, id) => start({ buffer: region.buffer, layout, id }))
  let failure: Error | undefined
  const ends = workers.map(async (worker) => {
    worker.on('error', (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error))
    })
    await new Promise((resolve) => worker.once('exit', resolve))
  })
  try {
    while (!replayer.isFed && failure === undefined) {
      const token = channel.progress.prepare()
      if (replayer.feed() === 0) await channel.progress.waitAsync(token, progressMicros)
    }
    replayer.close()
    // Throw at once: the other threads wait for the one that failed, and would not end.
    while (failure === undefined && (await Promise.race([Promise.all(ends), pause()])) === undefined);
    if (failure !== undefined) throw failure
    return replayer.finish()
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** The whole of a replica's thread. Blocks it until the log is applied. */
export function runReplayed({ buffer, layout, id }: ReplayTask, open: OpenReplayed): void {
  const replica = openReplayed(openRegion(buffer), layout, id, open)
  runReplica(replica, createIdle({ kind: 'park' }, replica))
}

function prepare(reader: LogReader, replicas: number) {
  const plan = new RegionPlan()
  const layout = planFramework(plan, replayOptions(reader.header, replicas))
  const region = plan.allocate()
  initialiseFramework(region, layout, replayStart(reader.header))
  const channel = new Channel(region, layout.channel, replicas)
  return { region, layout, channel, replayer: new LogReplayer(region, layout, channel, reader) }
}

function openReplayed(region: Region, layout: FrameworkLayout, id: number, open: OpenReplayed): Replica {
  const channel = new Channel(region, layout.channel, id)
  const domain = new LogDomain(open(region.words, id), region.words)
  return openReplica(region, layout, { id, domain, channel, claims: nobody, nowMicros: () => 0 })
}

function pause(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), progressMicros / 1000))
}
