/**
 * A packet socket (packet(7)) on an existing interface, such as one end of a veth pair: it sees every frame that
 * arrives there and transmits through it. `openPacketSocket` runs once, in the interface's network namespace;
 * every thread then makes a device of its own from the handle.
 *
 * Unless `offload` is true, the interface and a peer on the same machine must have their offloads switched off: veth hands
 * over frames whose checksums nobody has filled in.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import type { Device, DeviceCapabilities } from '../device.ts'
import { DescriptorDevice, type DescriptorDeviceHandle, openEventFd } from './descriptor-device.ts'
import { interfaceMtu } from './interface-request.ts'
import {
  bindToInterface,
  growBuffer,
  openRawPacketSocket,
  PacketOption,
  Protocol,
  setPacketOption,
  setVirtioHeader,
} from './packet-options.ts'
import { superFrameBytes } from './tap.ts'

/**
 * True: frames carry a virtio-net header, with checksum and segmentation offload both ways (Linux 6.4 or later). `gso`: the
 * same only for frames that are sent. What the interface cannot do with them the kernel does in software, before they are on
 * the wire, as for its own TCP. What arrives are single segments, whose checksums nobody has verified.
 */
export type PacketOffload = boolean | 'gso'

export interface PacketSocketOptions {
  readonly interfaceName: string
  readonly offload?: PacketOffload
  /** What may wait to be read, in bytes of kernel memory; default 8 MiB. */
  readonly receiveBufferBytes?: number
}

/** Throws DeviceError with a remedy. */
export function openPacketSocket(options: PacketSocketOptions): DescriptorDeviceHandle {
  const { interfaceName: name, offload = false, receiveBufferBytes = 8 << 20 } = options
  const capabilities = interfaceCapabilities(name, offload)
  const fd = openRawPacketSocket(name, (opened) => {
    setPacketOption(opened, name, PacketOption.ignoreOutgoing, 1)
    if (capabilities.virtioHeader) setVirtioHeader(opened, name)
    growBuffer(opened, name, 'receive', receiveBufferBytes)
    bindToInterface(opened, name, Protocol.all)
  })
  return { name, fd, eventFd: openEventFd(name), capabilities }
}

export function createPacketSocketDevice(region: Region, handle: DescriptorDeviceHandle): Device {
  return new DescriptorDevice(region, handle)
}

/** Of whatever moves frames through this interface. Throws DeviceError. */
export function interfaceCapabilities(name: string, offload: PacketOffload): DeviceCapabilities {
  const cuts = offload !== false
  return {
    frameBytes: offload === true ? superFrameBytes : ethernetHeaderBytes + interfaceMtu(name),
    ...(offload === 'gso' ? { sentFrameBytes: superFrameBytes } : {}),
    virtioHeader: cuts,
    checksumOffload: cuts,
    segmentationOffload: cuts,
  }
}
