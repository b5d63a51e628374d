/** How a thread of a stack tells the one that started it that it runs: all code is loaded, and the device is open. */
import { parentPort, type Worker } from 'node:worker_threads'

/** Called by the thread, last before its loop. */
export function tellRunning(): void {
  parentPort?.postMessage('running')
}

/** Resolves when the thread has told that it runs, or has ended without. A thread's first message is the only one. */
export function untilRunning(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('message', () => resolve())
    worker.once('exit', () => resolve())
  })
}
