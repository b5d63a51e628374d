import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Auditor } from '../audit/auditor.ts'
import { Channel } from '../channel/channel.ts'
import { openRegion } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import type { RecorderWorkerData } from '../testing/recorder.worker.ts'
import { createWorld } from '../testing/register-world.ts'
import type { ReplicaWorkerData } from '../testing/replica.worker.ts'
import { startWorkers } from '../testing/workers.ts'
import { LogReader } from './reader.ts'
import { replayOnThreads } from './replay.ts'

/** `make soak` records and replays a million; the test a share of them. */
const requests = process.env.SOAK === undefined ? 12_000 : 1_000_000
const stride = 64
const replicas = 2
const timeoutMillis = 30 * 60_000
const index = -5000

let folder: string
let path: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-log-'))
  path = join(folder, 'channel.log')
})
afterAll(() => rmSync(folder, { recursive: true }))

const startReplica = (data: RecorderWorkerData) =>
  new Worker(new URL('../testing/recorder.worker.ts', import.meta.url), { workerData: data })

describe('a channel that is recorded while threads replicate it', () => {
  it('loses nothing, and its log is whole', { timeout: timeoutMillis }, async () => {
    const world = createWorld({ replicas, observers: 1, slotCount: 256, digestStride: stride }, { index })
    const region = openRegion(world.buffer)
    const { framework, generatorWord } = world.layout
    region.words[generatorWord + 1] = requests
    const auditor = new Auditor(region, framework.digests, framework.channel)
    const channel = new Channel(region, framework.channel, replicas)
    const threads = startWorkers(
      './replica.worker.ts',
      Array.from(
        { length: replicas },
        (_, id): ReplicaWorkerData => ({
          world,
          id,
          idle: { kind: 'park', parkMicros: Number.POSITIVE_INFINITY },
          stallMillis: 0,
          useOutbox: false,
        }),
      ),
    )
    const recorder = startWorkers('./recorder.worker.ts', [{ record: world, path }])
    const last = (index + requests) | 0
    try {
      const token = channel.progress.prepare()
      for (let now = token; channel.positionOf(0) !== last || channel.positionOf(1) !== last; ) {
        auditor.audit()
        await channel.progress.waitAsync(now, 10_000)
        now = channel.progress.prepare()
      }
      channel.close()
      new Signal(region, framework.doorbellWord).notify()
      await threads.done
      await recorder.done
    } finally {
      await Promise.all([threads.terminate(), recorder.terminate()])
    }
    expect(auditor.finish()).toMatchObject({ divergences: 0, missed: 0 })
    const reader = new LogReader(path)
    const marks = Math.floor((index + requests) / stride) - Math.floor(index / stride)
    expect(reader.recordCount).toBe(requests + marks + 1)
    reader.close()
  })

  it.each([1, 2, 3, 4, 8])('replays on %i threads', { timeout: timeoutMillis }, async (count) => {
    const reader = new LogReader(path)
    try {
      const { description } = reader.header
      const report = await replayOnThreads(reader, count, (replay) => startReplica({ replay, description }))
      expect(report).toMatchObject({ requests, divergences: 0, isWhole: true })
      expect(report.digestsCompared).toBe(count * (reader.recordCount - requests))
    } finally {
      reader.close()
    }
  })

  it('ends a replay of which one thread fails with what it threw', async () => {
    const reader = new LogReader(path)
    try {
      const { description } = reader.header
      const start = (replay: Parameters<Parameters<typeof replayOnThreads>[2]>[0]) =>
        startReplica({ replay, description, ...(replay.id === 1 ? { failAt: 5000 } : {}) })
      await expect(replayOnThreads(reader, 3, start)).rejects.toThrow('this replica fails')
    } finally {
      reader.close()
    }
  })
})
