/**
 * Devices of a stack's threads: each thread opens its own over descriptors that the process shares, and wraps it as
 * the parameters ask.
 */
import { DescriptorDevice, openEventFd } from '../device/descriptor-device.ts'
import type { Device } from '../device/device.ts'
import { closeFile, writeFile } from '../device/system-calls.ts'
import type { Region } from '../dominoes/region.ts'
import type { ThreadTask } from './thread-task.ts'

export function openDevice(region: Region, task: ThreadTask): Device {
  const { name, descriptor, capabilities } = task.parameters.device
  return new DescriptorDevice(region, { name, fd: descriptor, eventFd: task.wakeDescriptor, capabilities })
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
