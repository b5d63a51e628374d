/**
 * Whether one log makes the same windows at any number of replicas: a recorded transfer is applied by N replicas on threads
 * of their own, and after every request each replica's windows are compared with those of the machine that was recorded.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LogReader } from '../../dominoes/log/reader.ts'
import { replayOnThreads } from '../../dominoes/log/replay.ts'
import { assertInteger } from '../../dominoes/memory/assert.ts'
import { type LossyTransfer, mostBytes, transferLossily } from './lossy-transfer.ts'
import type { TraceTask } from './trace-thread.ts'
import { compareTraces, countWindows, traceBytes } from './window-trace.ts'

export interface WindowOptions {
  readonly replicas: number
  /** Decides everything about the transfer, and so its log. */
  readonly seed: number
  readonly transferBytes: number
  /** The file of the replicas' threads, which gets a `TraceTask`; tests have their own. */
  readonly threadFile?: URL
}

export interface WindowReport {
  readonly requests: number
  /** From when the last replica was there until all had applied everything. */
  readonly micros: number
  /** The largest difference of any variable after any request at any replica: bytes, or microseconds of RTO. */
  readonly distance: number
  readonly pointsCompared: number
  /** Variables of all requests at all replicas. */
  readonly pointsExpected: number
  readonly receivedBytes: number
  readonly verifiedBytes: number
  readonly retransmits: number
  readonly framesLost: number
  readonly digestsCompared: number
  readonly divergences: number
}

export async function compareWindows(options: WindowOptions): Promise<WindowReport> {
  assertInteger(options.replicas, 1, 64, 'replicas')
  assertInteger(options.transferBytes, 1, mostBytes, 'transferBytes')
  const folder = mkdtempSync(join(tmpdir(), 'dominoes-windows-'))
  try {
    const path = join(folder, 'channel.log')
    return await compareReplay(path, transferLossily(options.seed, options.transferBytes, path), options)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compareReplay(
  path: string,
  { machine, traces: live, ...transfer }: LossyTransfer,
  { replicas, threadFile = new URL('./trace-thread.ts', import.meta.url) }: WindowOptions,
): Promise<WindowReport> {
  const [recorded = new Int32Array(1)] = live
  if (countWindows(recorded) < 2) throw new Error('the windows of the recorded transfer never changed')
  const bytes = traceBytes(recorded[0] as number)
  const replayed = Array.from({ length: replicas }, () => ({
    trace: new Int32Array(new SharedArrayBuffer(bytes)),
    times: new Float64Array(new SharedArrayBuffer(16)),
  }))
  const reader = new LogReader(path)
  try {
    const report = await replayOnThreads(reader, replicas, (task) => {
      const workerData = { ...task, machine, ...replayed[task.id] } as TraceTask
      return new Worker(threadFile, { workerData })
    })
    const [startedMicros, endedMicros] = [0, 1].map((at) =>
      Math.max(...replayed.map(({ times }) => times[at] as number)),
    ) as [number, number]
    const others = [...replayed.map(({ trace }) => trace), ...live.slice(1)]
    const compared = others.map((trace) => compareTraces(recorded, trace))
    return {
      ...transfer,
      requests: report.requests,
      micros: endedMicros - startedMicros,
      distance: Math.max(...compared.map(({ distance }) => distance)),
      pointsCompared: compared.reduce((sum, { points }) => sum + points, 0),
      pointsExpected: others.length * compareTraces(recorded, recorded).points,
      digestsCompared: report.digestsCompared,
      divergences: report.divergences,
    }
  } finally {
    reader.close()
  }
}
