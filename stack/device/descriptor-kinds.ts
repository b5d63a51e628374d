/** Devices behind a descriptor, by kind: how a thread makes its own from what all threads share. */
import type { Region } from '../dominoes/memory/region.ts'
import type { Device } from './device.ts'
import type { DescriptorDeviceHandle } from './kernel/descriptor-device.ts'
import { createPacketRingDevice } from './kernel/packet-ring/packet-ring-device.ts'
import { createPacketSocketDevice } from './kernel/packet-socket.ts'
import { createTapDevice } from './kernel/tap.ts'
import { createFramePairDevice } from './simulated/frame-pair.ts'

/** A file or folder each in `stack/device`. */
export type DescriptorKind = 'tap' | 'packet-socket' | 'packet-ring' | 'frame-pair'

const kinds: Readonly<Record<DescriptorKind, (region: Region, handle: DescriptorDeviceHandle) => Device>> = {
  tap: createTapDevice,
  'packet-socket': createPacketSocketDevice,
  'packet-ring': createPacketRingDevice,
  'frame-pair': createFramePairDevice,
}

/** Throws DeviceError. */
export function createDescriptorDevice(
  kind: DescriptorKind,
  region: Region,
  handle: DescriptorDeviceHandle,
): Device {
  return kinds[kind](region, handle)
}
