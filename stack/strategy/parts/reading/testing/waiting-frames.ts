import type { Device, DeviceCapabilities, FrameParts } from '../../../../device/device.ts'

/** A device in which these frames wait, with their virtio-net headers if it has those. It can do nothing but read. */
export function holdFrames(
  bytes: Uint8Array,
  frames: readonly Uint8Array[],
  capabilities: DeviceCapabilities,
): Device {
  const waiting = [...frames]
  const device: Partial<Device> = {
    capabilities,
    read: (at, limit) => scatter(bytes, waiting.shift(), { ...nowhere, at, length: limit }),
    readParts: (parts) => scatter(bytes, waiting.shift(), parts),
  }
  return device as Device
}

const nowhere: FrameParts = { at: 0, length: 0, bodyAt: 0, bodyLength: 0, restAt: 0, restLength: 0 }

function scatter(bytes: Uint8Array, frame: Uint8Array | undefined, parts: FrameParts): number {
  if (frame === undefined) return 0
  const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
  if (frame.length > length + bodyLength + restLength)
    throw new RangeError(`no room for a frame of ${frame.length} bytes`)
  bytes.set(frame.subarray(0, length), at)
  bytes.set(frame.subarray(length, length + bodyLength), bodyAt)
  bytes.set(frame.subarray(length + bodyLength), restAt)
  return frame.length
}
