/**
 * The thread of an impaired path. It owns everything that emulates the path. So frames leave when they are
 * due, whatever the stack's threads do, and a thread of the stack that is killed takes nothing of the path
 * with it.
 */
import { workerData } from 'node:worker_threads'
import { openRegion } from '../../../dominoes/memory/region.ts'
import { tellRunning } from '../../../dominoes/memory/running-message.ts'
import { createDescriptorDevice, type DescriptorKind } from '../../descriptor-kinds.ts'
import { DescriptorDevice, type DescriptorDeviceHandle } from '../../kernel/descriptor-device.ts'
import type { LinkParameters } from '../../simulated/link-direction.ts'
import { ImpairedPath } from './path.ts'
import { isPathClosing, type PathLayout, writePathCounters } from './path-layout.ts'

/** What crosses to the thread. */
export interface PathTask {
  readonly buffer: SharedArrayBuffer
  readonly layout: PathLayout
  /** Of the wire. */
  readonly kind: DescriptorKind
  /** The wire, with an eventfd that wakes this thread. */
  readonly wire: DescriptorDeviceHandle
  /** This end of the pair whose other end the stack has. */
  readonly stackDescriptor: number
  readonly parameters: LinkParameters
  readonly seed: number
}

/** Longest sleep, in microseconds. */
const longestSleepMicros = 100_000

const { buffer, layout, kind, wire, stackDescriptor, parameters, seed } = workerData as PathTask
const region = openRegion(buffer)
const far = createDescriptorDevice(kind, region, wire)
const path = new ImpairedPath({
  region,
  bufferAt: layout.bufferAt,
  near: new DescriptorDevice(region, { ...wire, fd: stackDescriptor, otherFds: [] }),
  far,
  clock: { nowMicros: () => performance.now() * 1000 },
  seed,
  parameters,
})
/** Used only to wait: for a frame from either side, or for a wake-up. */
const bothSides = new DescriptorDevice(region, {
  ...wire,
  otherFds: [...(wire.otherFds ?? []), stackDescriptor],
})

tellRunning()
while (!isPathClosing(region.words, layout)) {
  if (path.doWork() === 0) bothSides.wait(Math.min(longestSleepMicros, path.microsUntilDue()))
  else {
    writePathCounters(region.words, layout, 'outgoing', path.outgoing.counters)
    writePathCounters(region.words, layout, 'incoming', path.incoming.counters)
  }
}
far.close()
