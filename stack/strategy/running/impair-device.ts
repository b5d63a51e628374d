/** Puts the path that a stack's device option asks for before its device. */
import { type OpenPath, openImpairedPath } from '../../device/wrappers/impaired-path/open-path.ts'
import type { DeviceOption } from '../options.ts'

export interface ReachedDevice {
  /** What the stack's threads open. */
  readonly device: DeviceOption
  /** Undefined if nothing is before the device. */
  readonly path: OpenPath | undefined
}

/** Throws RangeError for an impairment that cannot be, DeviceError where the path cannot be made. */
export function reachDevice(device: DeviceOption): ReachedDevice {
  const { kind, impairment, name, descriptor, capabilities, queueDescriptors = [descriptor] } = device
  if (impairment === undefined) return { device, path: undefined }
  const otherFds = queueDescriptors.filter((other) => other !== descriptor)
  const path = openImpairedPath({ kind, name, fd: descriptor, otherFds, capabilities }, impairment)
  return { device: { kind: 'frame-pair', name, descriptor: path.descriptor, capabilities }, path }
}
