import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { monotonicClock } from './clock.ts'

const code = `
  import { workerData } from 'node:worker_threads'
  const { monotonicClock } = await import(workerData.clock)
  const words = new Int32Array(workerData.buffer)
  for (let round = 1; round <= workerData.rounds; round++) {
    Atomics.wait(words, 0, round - 1)
    words[1] = monotonicClock.nowMicros()
    Atomics.store(words, 2, round)
    Atomics.notify(words, 2)
  }
`

test("another thread's reading lies between two of this one's", async () => {
  const rounds = 200
  const buffer = new SharedArrayBuffer(12)
  const words = new Int32Array(buffer)
  const clock = new URL('./clock.ts', import.meta.url).href
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: { buffer, clock, rounds },
  })
  // Each thread aligned its own clock to the system's: an error of a microsecond or two is allowed.
  const toleranceMicros = 5
  for (let round = 1; round <= rounds; round++) {
    const before = monotonicClock.nowMicros()
    Atomics.store(words, 0, round)
    Atomics.notify(words, 0)
    Atomics.wait(words, 2, round - 1)
    const after = monotonicClock.nowMicros()
    expect(((words[1] as number) - before) | 0).toBeGreaterThanOrEqual(-toleranceMicros)
    expect((after - (words[1] as number)) | 0).toBeGreaterThanOrEqual(-toleranceMicros)
  }
  await worker.terminate()
})
