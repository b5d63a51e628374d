/** How long a sleeping thread takes to run again: woken through shared memory, and through a descriptor. */
import { PollEvent, ppoll, readFile, writeFile } from '../device/kernel/system-calls.ts'
import type { Region } from '../dominoes/memory/region.ts'
import type { Probe, ProbeTask } from './probe-task.ts'
import { nanosSince, quantile, type Turns } from './turns.ts'

const wakes = 40
const settleMillis = 0.15

/**
 * Thread 1 sleeps; thread 0 notes the time and wakes it. `woken` is the median time from there until thread 1 runs,
 * `waking` the time of the waking call. `waking` is a low quantile: if the sleeper takes the waker's own processor,
 * the call lasts as long as the sleeper runs.
 */
export function wakeProbes(region: Region, task: ProbeTask, turns: Turns): Record<string, Probe> {
  const { words, buffer } = region
  const word = task.turnWord + 96
  // The time of a wake-up is taken from `process.hrtime`, whose origin both threads share: `performance.now` counts
  // from another origin on each thread.
  const sentAt = new Float64Array(buffer, (task.turnWord + 128) * 4, 1)
  const now = () => {
    const [seconds, nanos] = process.hrtime()
    return seconds * 1e9 + nanos
  }
  const measure = (sleep: () => void, wake: () => void): Record<string, number> => {
    const times: number[] = []
    for (let k = 0; k < wakes; k++) {
      turns.inTurn(1, () => {})
      if (task.id === 1) {
        sleep()
        times.push(now() - (sentAt[0] as number))
        turns.together(() => {})
        continue
      }
      const settled = performance.now()
      while (performance.now() - settled < settleMillis);
      sentAt[0] = now()
      const start = performance.now()
      wake()
      times.push(nanosSince(start))
      turns.together(() => {})
    }
    return task.id === 1 ? { woken: quantile(times, 0.5) } : { waking: quantile(times, 0.1) }
  }
  const entries = Int32Array.of(task.eventFd, PollEvent.input)
  const timeout = Int32Array.of(1, 0, 0, 0)
  const count = new Uint8Array(8)
  const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)
  return {
    'wake-wait': () =>
      measure(
        () => {
          Atomics.wait(words, word, 0, 1000)
          Atomics.store(words, word, 0)
        },
        () => {
          Atomics.store(words, word, 1)
          Atomics.notify(words, word)
        },
      ),
    'wake-poll': () =>
      measure(
        () => {
          ppoll(entries, 1, timeout, null)
          readFile(task.eventFd, count, 8)
        },
        () => {
          writeFile(task.eventFd, one, 8)
        },
      ),
  }
}
