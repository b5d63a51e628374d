/**
 * Devices of a stack's threads: each thread opens its own over descriptors that the process shares, and wraps it as
 * the parameters ask.
 */
import { join } from 'node:path'
import { createDescriptorDevice } from '../../device/descriptor-kinds.ts'
import type { Device } from '../../device/device.ts'
import { monotonicClock } from '../../device/kernel/clock.ts'
import { openEventFd } from '../../device/kernel/descriptor-device.ts'
import { closeFile, writeFile } from '../../device/kernel/system-calls.ts'
import { PcapRecorder } from '../../device/wrappers/pcap-recorder.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { replicationFactors } from '../factors.ts'
import type { ThreadTask } from './thread-task.ts'

export function openDevice(region: Region, task: ThreadTask): Device {
  const { kind, name, descriptor, capabilities, queueDescriptors = [descriptor] } = task.parameters.device
  const { reader } = replicationFactors(task.parameters.strategy)
  const own = reader === 'per-queue' ? task.thread % queueDescriptors.length : 0
  const fd = queueDescriptors[own] ?? descriptor
  const device = createDescriptorDevice(kind, region, {
    name,
    fd,
    // The device spreads frames over all its queues, whoever reads: none may be left out.
    otherFds: queueDescriptors.filter((other) => other !== fd),
    eventFd: task.wakeDescriptor,
    capabilities,
  })
  const { captureDirectory, captureSnapBytes, captureBufferBytes } = task.parameters
  if (captureDirectory === undefined) return device
  return new PcapRecorder(device, region, {
    path: join(
      captureDirectory,
      `thread-${task.thread}${(task.generation ?? 0) === 0 ? '' : `-${task.generation}`}.pcap`,
    ),
    clock: monotonicClock,
    origin: task.captureOrigin,
    ...(captureSnapBytes === undefined ? {} : { snapBytes: captureSnapBytes }),
    ...(captureBufferBytes === undefined ? {} : { bufferBytes: captureBufferBytes }),
  })
}

/** Ends the wait of whichever thread sleeps in the device. */
export interface Waker {
  readonly descriptor: number
  wake(): void
  close(): void
}

export function openWaker(device: string): Waker {
  const descriptor = openEventFd(device)
  const one = new Uint8Array(new BigUint64Array([1n]).buffer)
  return {
    descriptor,
    wake: () => {
      writeFile(descriptor, one, one.length)
    },
    close: () => {
      closeFile(descriptor)
    },
  }
}
