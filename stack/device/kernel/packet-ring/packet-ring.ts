/**
 * Opens an interface for devices with rings. `openPacketRing` runs once, in the interface's network namespace, and makes
 * the socket that receives; every thread then makes a device of its own from the handle (`packet-ring-device.ts`). So that
 * threads need no lock between them to send, each has a socket of its own for that (`openTransmitSocket`), which receives
 * nothing.
 *
 * Unless `offload` is true, the offloads of the interface and of a peer must be switched off: see `packet-socket.ts`.
 */
import { virtioHeaderBytes } from '../../../wire/virtio.ts'
import { type DescriptorDeviceHandle, openEventFd } from '../descriptor-device.ts'
import {
  bindToInterface,
  growBuffer,
  openRawPacketSocket,
  PacketOption,
  Protocol,
  setPacketOption,
  setVirtioHeader,
} from '../packet-options.ts'
import { interfaceCapabilities, type PacketSocketOptions } from '../packet-socket.ts'
import { chooseRingVersion, makeRing } from './mapped-ring.ts'
import { kernelHeaderBytes, planReceiveRing, reservedBytes, transmitLayout } from './ring-layout.ts'

/** Throws DeviceError with a remedy. */
export function openPacketRing(
  options: Omit<PacketSocketOptions, 'receiveBufferBytes'>,
): DescriptorDeviceHandle {
  const { interfaceName: name, offload = false } = options
  const capabilities = interfaceCapabilities(name, offload)
  const fd = openRawPacketSocket(name, (opened) => {
    chooseRingVersion(opened, name)
    setPacketOption(opened, name, PacketOption.ignoreOutgoing, 1)
    setPacketOption(opened, name, PacketOption.reserve, reservedBytes(capabilities.virtioHeader))
    if (capabilities.virtioHeader) setVirtioHeader(opened, name)
    makeRing(opened, name, PacketOption.receiveRing, planReceiveRing(capabilities.frameBytes))
    bindToInterface(opened, name, Protocol.all)
  })
  return { name, fd, eventFd: openEventFd(name), capabilities }
}

/** Kernel memory that a frame in flight takes beside its bytes, at most. */
const overheadBytes = 2048

/** A socket with a transmit ring. Throws DeviceError with a remedy. */
export function openTransmitSocket({ name, capabilities }: DescriptorDeviceHandle): number {
  return openRawPacketSocket(name, (fd) => {
    chooseRingVersion(fd, name)
    if (capabilities.virtioHeader) setVirtioHeader(fd, name)
    else setPacketOption(fd, name, PacketOption.virtioHeader, 1)
    setPacketOption(fd, name, PacketOption.placedFrames, 1)
    // So that a full ring never waits for kernel memory.
    growBuffer(fd, name, 'send', transmitLayout.sizeBytes + transmitLayout.slotCount * overheadBytes)
    makeRing(fd, name, PacketOption.transmitRing, transmitLayout)
    bindToInterface(fd, name, Protocol.nothing)
  })
}

/** Bytes of the header before every frame in the transmit ring: ours, or one that the device adds. */
export function sentHeaderBytes(virtioHeader: boolean): number {
  return virtioHeader ? virtioHeaderBytes : kernelHeaderBytes
}
