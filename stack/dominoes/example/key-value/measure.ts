/** One run of the demonstration: a service of N replicas, clients on threads of their own, and what came of it. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { AuditReport } from '../../index.ts'
import { KeyValueClient } from './client.ts'
import type { ClientResult, ClientTask } from './client-thread.ts'
import { RunningService } from './running-service.ts'
import { counterKey, toNumber } from './workload.ts'

export interface MeasureOptions {
  readonly replicas: number
  readonly clients: number
  /** Requests that each client keeps outstanding. */
  readonly depth: number
  readonly warmupMillis: number
  readonly measuredMillis: number
  readonly seed: number
}

export interface Measured {
  readonly requestsPerSecond: number
  /** Processor time of the whole process, clients included, per request: steadier than a rate on a busy machine. */
  readonly cpuMicrosPerRequest: number
  readonly requests: number
  readonly expiries: number
  /** Replies performed by each replica, as shares of all. */
  readonly shares: readonly number[]
  readonly audit: AuditReport
  /** What was not as the model says; empty if all is well. */
  readonly wrong: readonly string[]
}

export async function measure(options: MeasureOptions): Promise<Measured> {
  const { replicas, clients } = options
  // One client more: it reads the shared counter when the others have ended.
  const running = new RunningService({ replicas, clients: clients + 1, entryCount: 256, window: 64 })
  const [cpuMicrosPerRequest, ...results] = await Promise.all([
    measureCpu(running, options),
    ...Array.from({ length: clients }, (_, client) => runClient(running, client, options)),
  ])
  const verifier = new KeyValueClient(running.service, clients)
  const counter = toNumber((await verifier.get(counterKey)).value)
  await verifier.close()
  const audit = await running.stop()
  const increments = sum(results, (result) => result.increments)
  const wrong = results.flatMap((result) => [...result.wrong])
  if (counter !== increments) wrong.push(`the counter is ${counter} after ${increments} increments`)
  const performed = running.counters().map((counters) => counters.performed)
  const total = performed.reduce((before, each) => before + each, 0)
  return {
    requestsPerSecond: sum(results, (result) => result.requestsPerSecond),
    cpuMicrosPerRequest,
    requests: sum(results, (result) => result.requests),
    expiries: sum(results, (result) => result.expiries),
    shares: performed.map((each) => each / total),
    audit,
    wrong,
  }
}

/** Over the second half of the measured time: threads take a while to start. */
async function measureCpu(running: RunningService, options: MeasureOptions): Promise<number> {
  const { warmupMillis, measuredMillis } = options
  await delay(warmupMillis + measuredMillis / 2)
  const [cpu, before] = [process.cpuUsage(), running.counters()]
  await delay(measuredMillis / 2)
  const { user, system } = process.cpuUsage(cpu)
  const applied = (running.counters()[0]?.applied ?? 0) - (before[0]?.applied ?? 0)
  return (user + system) / applied
}

async function runClient(
  running: RunningService,
  client: number,
  options: MeasureOptions,
): Promise<ClientResult> {
  const task: ClientTask = {
    ...options,
    service: running.service,
    client,
    seed: options.seed * 100 + client,
  }
  const thread = new Worker(new URL('./client-thread.ts', import.meta.url), { workerData: task })
  const [result] = await once(thread, 'message')
  return result as ClientResult
}

function sum(results: readonly ClientResult[], field: (result: ClientResult) => number): number {
  return results.reduce((before, result) => before + field(result), 0)
}
