/**
 * A TAP: an interface of this network namespace whose wire is a file descriptor. At the other end is the
 * kernel's network stack: of this namespace, or of a peer's to which the interface was moved. `openTap` runs
 * once; every thread then makes a device of its own from the handle.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { type Device, DeviceError } from '../device.ts'
import { DescriptorDevice, type DescriptorDeviceHandle, openEventFd } from './descriptor-device.ts'
import { InterfaceRequest, interfaceNameLimit, setInterfaceMtu } from './interface-request.ts'
import {
  closeFile,
  Errno,
  ioctl,
  ioctlValue,
  lastErrno,
  OpenFlag,
  openFile,
  systemError,
} from './system-calls.ts'

const tunPath = '/dev/net/tun'

const TunRequest = { setInterface: 0x400454ca, setHeaderSize: 0x400454d8, setOffload: 0x400454d0 } as const
const TunFlag = {
  tap: 0x0002,
  noPacketInformation: 0x1000,
  virtioHeader: 0x4000,
  multiQueue: 0x0100,
} as const
/** What the other end may hand us: partial checksums and unsegmented TCP over IPv4. */
const TunOffload = { checksum: 0x01, tcpSegmentation4: 0x02 } as const

/** The largest frame with segmentation offload: an IP packet of 65535 bytes. */
export const superFrameBytes = ethernetHeaderBytes + 65535

export interface TapOptions {
  /** At most 15 characters; chosen by the kernel if absent. */
  readonly name?: string
  /** Largest IP packet on the wire, in bytes: 68 … 65521. */
  readonly mtuBytes: number
  /** Frames carry a virtio-net header, with checksum and segmentation offload both ways. */
  readonly offload?: boolean
  /**
   * Queues, each with a descriptor of its own, 1 … 64; default 1. The kernel delivers a flow's frames to the
   * queue through which that flow was last sent.
   */
  readonly queues?: number
}

/** Creates the interface, down and without an address. Throws DeviceError with a remedy. */
export function openTap(options: TapOptions): DescriptorDeviceHandle {
  const requested = options.name ?? ''
  if (requested.length > interfaceNameLimit) {
    throw new DeviceError(`an interface name has at most ${interfaceNameLimit} characters`, requested)
  }
  const { queues = 1 } = options
  if (!Number.isInteger(queues) || queues < 1 || queues > 64) {
    throw new DeviceError(`a TAP has 1 to 64 queues, not ${queues}`, requested)
  }
  const fds: number[] = []
  try {
    let name = requested
    for (let k = 0; k < queues; k++) {
      const fd = openFile(tunPath, OpenFlag.readWrite | OpenFlag.nonBlocking | OpenFlag.closeOnExec, 0)
      if (fd < 0) throw openError(name, lastErrno())
      fds.push(fd)
      // The first gives the interface its name, by which the others find it.
      name = attach(fd, name, options)
    }
    return configure(fds, name, options)
  } catch (error) {
    for (const fd of fds) closeFile(fd)
    throw error
  }
}

export function createTapDevice(region: Region, handle: DescriptorDeviceHandle): Device {
  return new DescriptorDevice(region, handle)
}

/**
 * Makes the descriptor a queue of the interface with this name. Creates the interface if there is none.
 * Returns its name.
 */
function attach(fd: number, requested: string, { offload = false, queues = 1 }: TapOptions): string {
  const request = new InterfaceRequest(requested)
  request.setFlags(
    TunFlag.tap |
      TunFlag.noPacketInformation |
      (offload ? TunFlag.virtioHeader : 0) |
      (queues > 1 ? TunFlag.multiQueue : 0),
  )
  if (ioctl(fd, TunRequest.setInterface, request.bytes) < 0) throw createError(requested, lastErrno())
  return request.name
}

function configure(fds: readonly number[], name: string, options: TapOptions): DescriptorDeviceHandle {
  const offload = options.offload ?? false
  const [fd = -1, ...otherFds] = fds
  if (offload) {
    const size = Uint8Array.of(virtioHeaderBytes, 0, 0, 0)
    if (ioctl(fd, TunRequest.setHeaderSize, size) < 0) {
      throw systemError('set the header size', name, lastErrno())
    }
    const accepted = TunOffload.checksum | TunOffload.tcpSegmentation4
    if (ioctlValue(fd, TunRequest.setOffload, accepted) < 0) {
      throw systemError('switch offloads on', name, lastErrno())
    }
  }
  setInterfaceMtu(name, options.mtuBytes)
  return {
    name,
    fd,
    ...(otherFds.length === 0 ? {} : { otherFds }),
    eventFd: openEventFd(name),
    capabilities: {
      frameBytes: offload ? superFrameBytes : ethernetHeaderBytes + options.mtuBytes,
      virtioHeader: offload,
      checksumOffload: offload,
      segmentationOffload: offload,
    },
  }
}

function openError(name: string, errno: number): DeviceError {
  const remedy =
    errno === Errno.noEntry || errno === Errno.noDevice
      ? 'load the kernel module (modprobe tun) or pass the device to the container (--device /dev/net/tun)'
      : 'run as a user who may open it'
  return systemError(`open ${tunPath}`, name, errno, remedy)
}

function createError(name: string, errno: number): DeviceError {
  const remedies: Record<number, string> = {
    [Errno.notPermitted]: 'the NET_ADMIN capability is needed (root, or --cap-add NET_ADMIN)',
    [Errno.busy]: `the name is in use: choose another, or end its owner (ip link delete ${name})`,
    [Errno.badArgument]: 'the name belongs to an interface of another kind, or is not a name',
  }
  return systemError(`create the interface '${name}'`, name, errno, remedies[errno])
}
