/**
 * How a device reaches a process of the agent: as descriptors from 3 on, one for each of its queues, inherited from
 * the agent, and described by the last argument.
 */
import type { DeviceOption } from '../../stack/index.ts'
import type { OpenDevice } from './open-device.ts'

type Description = Pick<DeviceOption, 'kind' | 'name' | 'capabilities'> & { readonly queues: number }

const firstInherited = 3

/** What the child process has to be given from descriptor 3 on. */
export function descriptorsOf({ handle: { fd, otherFds = [] } }: OpenDevice): readonly number[] {
  return [fd, ...otherFds]
}

/** The argument that describes the inherited device to the child process. */
export function passOn(device: OpenDevice): string {
  const { kind, handle } = device
  const { name, capabilities } = handle
  const description: Description = { kind, name, capabilities, queues: descriptorsOf(device).length }
  return JSON.stringify(description)
}

/** In the child process: the inherited device. */
export function inheritedDevice(): DeviceOption {
  const { queues, ...device } = JSON.parse(process.argv[3] ?? '{}') as Description
  const queueDescriptors = Array.from({ length: queues }, (_, queue) => firstInherited + queue)
  return { ...device, descriptor: firstInherited, queueDescriptors }
}
