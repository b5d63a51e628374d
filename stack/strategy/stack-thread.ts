/**
 * Entry of a stack's worker thread: opens the device over the shared descriptor, runs the strategy's loop until the
 * channel is closed, and leaves its final digest behind.
 */
import { workerData } from 'node:worker_threads'
import { monotonicClock } from '../device/clock.ts'
import { Channel } from '../dominoes/channel.ts'
import { createIdle } from '../dominoes/idle.ts'
import { openRegion } from '../dominoes/region.ts'
import { askingWeight } from '../dominoes/replica.ts'
import { runReplica } from '../dominoes/run-replica.ts'
import { openDevice } from './open-device.ts'
import { openReplicaThread, openSequentialThread, type ThreadParts } from './open-thread.ts'
import type { ThreadTask } from './thread-task.ts'

const task = workerData as ThreadTask
const region = openRegion(task.buffer)
const device = openDevice(region, task)
const parts: ThreadParts = { ...task, region, device, clock: monotonicClock }
try {
  if (task.parameters.strategy.kind === 'replicated') runReplicated(parts)
  else runSequential(parts)
} finally {
  device.close()
}

function runReplicated(parts: ThreadParts): void {
  const { replica } = openReplicaThread(parts)
  runReplica(replica, createIdle(parts.parameters.idle, replica))
}

/** The channel carries nothing here; its closing flag is how this thread learns that it is to end. */
function runSequential(parts: ThreadParts): void {
  const { loop, domain, source } = openSequentialThread(parts, pause)
  const closing = new Channel(parts.region, parts.layout.framework.channel, parts.thread)
  const park = (micros: number): void => {
    if (closing.isClosing) return
    source.wait(Math.min(micros, domain.microsUntilDeadline(parts.clock.nowMicros())))
  }
  const idle = createIdle(parts.parameters.idle, { park, idleWeight: askingWeight })
  while (!closing.isClosing) idle.idle(loop.doWork())
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

function pause(micros: number): void {
  Atomics.wait(nothing, 0, 0, micros / 1000)
}
