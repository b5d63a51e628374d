/** Runs threads that each do one task and tell one result, such as those of `runModel`. */
import { Worker } from 'node:worker_threads'

/** One thread for each element of `datas`, its `workerData`. Ends them all when the last has told, or one has failed. */
export async function runThreads<Result>(file: URL, datas: readonly object[]): Promise<Result[]> {
  const workers = datas.map((workerData) => new Worker(file, { workerData }))
  try {
    return await Promise.all(workers.map((worker) => resultOf<Result>(worker)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function resultOf<Result>(worker: Worker): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('a thread ended without a result')))
  })
}
