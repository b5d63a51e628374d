/** Starts worker threads from a file of this folder, for race tests and benchmarks. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface WorkerRun {
  /** Resolves when all threads ended by themselves; rejects with the first error. */
  readonly done: Promise<void>
  terminate(): Promise<void>
}

/** One thread for each element of `datas`, which it gets as its workerData. */
export function startWorkers(file: string, datas: readonly object[]): WorkerRun {
  const workers = datas.map((workerData) => new Worker(new URL(file, import.meta.url), { workerData }))
  const done = Promise.all(workers.map((worker) => once(worker, 'exit'))).then(() => {})
  done.catch(() => {})
  const terminate = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return { done, terminate }
}

/** Runs all threads to their end. */
export async function runWorkers(file: string, datas: readonly object[]): Promise<void> {
  const run = startWorkers(file, datas)
  try {
    await run.done
  } finally {
    await run.terminate()
  }
}
