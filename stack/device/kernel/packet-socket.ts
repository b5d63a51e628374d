/**
 * A packet socket (packet(7)) on an existing interface, such as one end of a veth pair: it sees every frame that
 * arrives there and transmits through it. `openPacketSocket` runs once, in the interface's network namespace;
 * every thread then makes a device of its own from the handle.
 *
 * Without `offload`, a peer on the same machine must have its checksum and segmentation offloads switched off:
 * veth hands over frames whose checksums nobody has filled in.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { type Device, DeviceError } from '../device.ts'
import { DescriptorDevice, type DescriptorDeviceHandle, openEventFd } from './descriptor-device.ts'
import { interfaceIndex, interfaceMtu } from './interface-request.ts'
import {
  bind,
  closeFile,
  Errno,
  lastErrno,
  OpenFlag,
  setSocketOption,
  socket,
  systemError,
} from './system-calls.ts'
import { superFrameBytes } from './tap.ts'

const packetFamily = 17
const rawSocket = 3
const allProtocols = 0x0003
const socketLevel = 1
const packetLevel = 263
const SocketOption = { receiveBuffer: 8, receiveBufferForce: 33 } as const
const PacketOption = { virtioHeader: 15, ignoreOutgoing: 23, virtioHeaderSize: 24 } as const
const addressBytes = 20

export interface PacketSocketOptions {
  readonly interfaceName: string
  /** Frames carry a virtio-net header, with checksum and segmentation offload both ways (Linux 6.4 or later). */
  readonly offload?: boolean
  /** What may wait to be read, in bytes of kernel memory; default 8 MiB. */
  readonly receiveBufferBytes?: number
}

/** Throws DeviceError with a remedy. */
export function openPacketSocket(options: PacketSocketOptions): DescriptorDeviceHandle {
  const { interfaceName: name } = options
  // Protocol 0 receives nothing until the socket is bound, so no other interface's frames slip in.
  const fd = socket(packetFamily, rawSocket | OpenFlag.nonBlocking | OpenFlag.closeOnExec, 0)
  if (fd < 0) {
    const errno = lastErrno()
    const remedy =
      errno === Errno.notPermitted ? 'the NET_RAW capability is needed (root, or --cap-add NET_RAW)' : ''
    throw systemError('open a packet socket', name, errno, remedy)
  }
  try {
    return configure(fd, options)
  } catch (error) {
    closeFile(fd)
    throw error
  }
}

export function createPacketSocketDevice(region: Region, handle: DescriptorDeviceHandle): Device {
  return new DescriptorDevice(region, handle)
}

function configure(fd: number, options: PacketSocketOptions): DescriptorDeviceHandle {
  const { interfaceName: name, offload = false, receiveBufferBytes = 8 << 20 } = options
  const index = interfaceIndex(name)
  setOption(fd, name, packetLevel, PacketOption.ignoreOutgoing, 1)
  if (offload) {
    setOption(fd, name, packetLevel, PacketOption.virtioHeader, 1)
    setOption(fd, name, packetLevel, PacketOption.virtioHeaderSize, virtioHeaderBytes)
  }
  growReceiveBuffer(fd, name, receiveBufferBytes)
  const address = new DataView(new ArrayBuffer(addressBytes))
  address.setUint16(0, packetFamily, true)
  address.setUint16(2, allProtocols)
  address.setInt32(4, index, true)
  if (bind(fd, new Uint8Array(address.buffer), addressBytes) < 0) {
    throw systemError(`bind to ${name}`, name, lastErrno())
  }
  return {
    name,
    fd,
    eventFd: openEventFd(name),
    capabilities: {
      frameBytes: offload ? superFrameBytes : ethernetHeaderBytes + interfaceMtu(name),
      virtioHeader: offload,
      checksumOffload: offload,
      segmentationOffload: offload,
    },
  }
}

/** More than the system's limit needs NET_ADMIN. Without that right, the kernel grants as much as the limit. */
function growReceiveBuffer(fd: number, name: string, sizeBytes: number): void {
  const value = integerBytes(sizeBytes)
  if (setSocketOption(fd, socketLevel, SocketOption.receiveBufferForce, value, value.length) < 0) {
    setOption(fd, name, socketLevel, SocketOption.receiveBuffer, sizeBytes)
  }
}

function setOption(fd: number, name: string, level: number, option: number, value: number): void {
  const bytes = integerBytes(value)
  if (setSocketOption(fd, level, option, bytes, bytes.length) < 0) {
    const errno = lastErrno()
    if (option === PacketOption.virtioHeaderSize) {
      throw new DeviceError(`offload on a packet socket needs Linux 6.4 or later`, name, errno)
    }
    throw systemError(`set socket option ${option}`, name, errno)
  }
}

function integerBytes(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}
