/**
 * Entry of a stack's worker thread: opens the device over the shared descriptor and runs the strategy's loop until the
 * stack is closed.
 */
import { workerData } from 'node:worker_threads'
import { monotonicClock } from '../../device/kernel/clock.ts'
import { yieldProcessor } from '../../device/kernel/system-calls.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { tellRunning } from '../../dominoes/memory/running-message.ts'
import { createIdle } from '../../dominoes/replica/idle.ts'
import { threadCountersAt } from '../layout/thread-counters.ts'
import { CountedLoop } from '../parts/counted-loop.ts'
import { flushing } from '../parts/flushing-thread.ts'
import { strategyOf } from '../strategies.ts'
import { openDevice } from './open-device.ts'
import { takePlace } from './placement.ts'
import type { ThreadTask } from './thread-task.ts'

const task = workerData as ThreadTask
const region = openRegion(task.buffer)
takePlace(task, region.words)
const device = openDevice(region, task)
const strategy = strategyOf(task.parameters)
try {
  if ((task.generation ?? 0) === 0 || isLetIn()) run()
} finally {
  device.close()
}

function run(): void {
  const { parameters } = task
  const counters = threadCountersAt(task.layout.countersWord, task.thread)
  const opened = strategy.openThread({ ...task, region, device, clock: monotonicClock })
  const thread = flushing(opened, device, region.words, counters)
  const loop = new CountedLoop(thread, monotonicClock, region.words, counters)
  const idle = createIdle(parameters.idle, loop, () => loop.giveWay(yieldProcessor))
  tellRunning()
  while (!thread.isFinished) idle.idle(loop.doWork())
  thread.finish()
}

/** Last, when all else is loaded and open: from here on the others wait for this thread. */
function isLetIn(): boolean {
  return strategy.awaitAdmission?.(region, task.layout, task.thread) ?? true
}
