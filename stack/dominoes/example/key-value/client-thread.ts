/** A worker thread of the demonstration: one client and its workload, for a given time. Posts what it measured. */
import { parentPort, workerData } from 'node:worker_threads'
import { KeyValueClient } from './client.ts'
import type { Service } from './service-layout.ts'
import { Workload, type WorkloadResult } from './workload.ts'

export interface ClientTask {
  readonly service: Service
  readonly client: number
  readonly seed: number
  readonly depth: number
  /** Milliseconds before the measurement begins, and those measured. */
  readonly warmupMillis: number
  readonly measuredMillis: number
}

export interface ClientResult extends WorkloadResult {
  readonly requestsPerSecond: number
}

const task = workerData as ClientTask
const store = new KeyValueClient(task.service, task.client)
const began = performance.now()
const mark = { millis: 0, requests: 0 }
const goesOn = (requests: number): boolean => {
  const millis = performance.now() - began
  if (mark.millis === 0 && millis >= task.warmupMillis) {
    mark.millis = millis
    mark.requests = requests
  }
  return millis < task.warmupMillis + task.measuredMillis
}
const result = await new Workload(store, { ...task, goesOn }).run()
const seconds = (performance.now() - began - mark.millis) / 1000
await store.close()
const measured: ClientResult = {
  ...result,
  requestsPerSecond: (result.requests - mark.requests) / seconds,
}
parentPort?.postMessage(measured)
