/**
 * A wire within the process: two descriptors, each of which reads the frames that were written to the other.
 * The kernel keeps frames whole and in order. Any thread may use either end. A thread that is killed in the
 * middle of a call leaves no lock behind.
 */

import type { Region } from '../../dominoes/memory/region.ts'
import type { Device } from '../device.ts'
import { DescriptorDevice, type DescriptorDeviceHandle } from '../kernel/descriptor-device.ts'
import {
  closeFile,
  lastErrno,
  OpenFlag,
  setSocketOption,
  socketPair,
  systemError,
} from '../kernel/system-calls.ts'

const unixFamily = 1
/** Keeps frames apart, as datagrams do, but counts what waits in bytes alone. */
const sequencedPackets = 5
const socketLevel = 1
const SocketOption = { sendBuffer: 7, sendBufferForce: 32 } as const
/** Kernel memory of what may wait at either end: some 1700 frames of 1500 bytes. */
const waitingBytes = 2 << 20

export interface FramePair {
  readonly near: number
  readonly far: number
  close(): void
}

/** Throws DeviceError. `name` is for messages. */
export function openFramePair(name: string): FramePair {
  const pair = new Int32Array(2)
  const type = sequencedPackets | OpenFlag.nonBlocking | OpenFlag.closeOnExec
  if (socketPair(unixFamily, type, 0, pair) < 0)
    throw systemError('make a pair of sockets', name, lastErrno())
  const [near = -1, far = -1] = pair
  for (const fd of pair) growSendBuffer(fd)
  return {
    near,
    far,
    close: () => {
      closeFile(near)
      closeFile(far)
    },
  }
}

export function createFramePairDevice(region: Region, handle: DescriptorDeviceHandle): Device {
  return new DescriptorDevice(region, handle)
}

/** More than the system's limit needs NET_ADMIN. Without that right, the kernel grants as much as the limit. */
function growSendBuffer(fd: number): void {
  const value = new Uint8Array(Int32Array.of(waitingBytes).buffer)
  if (setSocketOption(fd, socketLevel, SocketOption.sendBufferForce, value, value.length) < 0) {
    setSocketOption(fd, socketLevel, SocketOption.sendBuffer, value, value.length)
  }
}
