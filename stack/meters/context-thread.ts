/**
 * A stack's worker thread that can be metered: the strategy's real loop over a real device. The main thread turns the
 * meter on and off, and reads it while the stack rests.
 */
import { readlinkSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { monotonicClock } from '../device/kernel/clock.ts'
import { openRegion } from '../dominoes/memory/region.ts'
import { createIdle } from '../dominoes/replica/idle.ts'
import { threadCountersAt } from '../strategy/layout/thread-counters.ts'
import { flushing } from '../strategy/parts/flushing-thread.ts'
import { openDevice } from '../strategy/running/open-device.ts'
import type { ThreadTask } from '../strategy/running/thread-task.ts'
import { strategyOf } from '../strategy/strategies.ts'
import { ControlWord } from './context-control.ts'
import { Meter, meteredNames } from './meter.ts'
import { MeteredDomain, meteredDevice, timerNanos } from './metered-parts.ts'

export interface ContextTask extends ThreadTask {
  readonly meter: SharedArrayBuffer
  /** See `ControlWord`. */
  readonly control: SharedArrayBuffer
}

const task = workerData as ContextTask
const region = openRegion(task.buffer)
const control = new Int32Array(task.control)
const meter = new Meter(new Float64Array(task.meter))
const device = meteredDevice(openDevice(region, task), meter)
const opened = strategyOf(task.parameters).openThread({
  ...task,
  region,
  device,
  clock: monotonicClock,
  wrapDomain: (domain) => new MeteredDomain(domain, region.words, meter),
})
const counters = threadCountersAt(task.layout.countersWord, task.thread)
const thread = flushing(opened, device, region.words, counters)
const idle = createIdle(task.parameters.idle, thread)
const round = meteredNames.indexOf('round')
const idleRound = meteredNames.indexOf('idleRound')
const request = meteredNames.indexOf('requests')
control[ControlWord.threadId] = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
control[ControlWord.timerPicos] = Math.round(timerNanos() * 1000)
while (!thread.isFinished) {
  meter.isOn = Atomics.load(control, ControlWord.isMetered) !== 0
  const start = performance.now()
  const work = thread.doWork()
  // Every round is timed, metered or not: rounds show which share of a thread's time went into work.
  meter.add(work > 0 ? round : idleRound, (performance.now() - start) * 1e6)
  if (work > 0) meter.add(request, work)
  idle.idle(work)
}
thread.finish()
