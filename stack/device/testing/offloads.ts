/**
 * For tests: switches an interface's offloads off, so that every frame on it is at most the MTU and has a complete
 * checksum. What `ethtool -K` does, which a machine that runs tests need not have.
 */
import koffi from 'koffi'
import { closeFile, ioctl, lastErrno, OpenFlag, socket, systemError } from '../kernel/system-calls.ts'

const ethtoolControl = 0x8946
/** linux/ethtool.h: checksums of what is received and sent, segmentation by the device and by the kernel, merging. */
const EthtoolCommand = {
  setReceiveChecksum: 0x15,
  setTransmitChecksum: 0x17,
  setScatterGather: 0x19,
  setTcpSegmentation: 0x1f,
  setGenericSegmentation: 0x24,
  setGenericReceive: 0x2c,
} as const
const requestBytes = 40
const pointerAt = 16
const inet = 2
const datagram = 2

/** In this thread's network namespace. Throws DeviceError. */
export function switchOffloadsOff(interfaceName: string): void {
  const fd = socket(inet, datagram | OpenFlag.closeOnExec, 0)
  if (fd < 0) throw systemError('open a socket', interfaceName, lastErrno())
  try {
    for (const command of Object.values(EthtoolCommand)) {
      const value = Uint32Array.of(command, 0)
      const request = new Uint8Array(requestBytes)
      new TextEncoder().encodeInto(interfaceName, request)
      new DataView(request.buffer).setBigUint64(pointerAt, BigInt(koffi.address(value)), true)
      if (ioctl(fd, ethtoolControl, request) < 0) {
        throw systemError(`switch offload ${command} of ${interfaceName} off`, interfaceName, lastErrno())
      }
    }
  } finally {
    closeFile(fd)
  }
}
