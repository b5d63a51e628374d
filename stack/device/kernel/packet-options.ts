/**
 * What packet sockets (packet(7)) of every kind are set up with: options by number, an address to bind to. Called while a
 * device is opened. Each function throws DeviceError.
 */
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import { DeviceError } from '../device.ts'
import { interfaceIndex } from './interface-request.ts'
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

const packetFamily = 17
const rawSocket = 3
const socketLevel = 1
const packetLevel = 263
/** sys/socket.h; those that end in `Force` may pass the system's limit, with NET_ADMIN. */
const SocketOption = { sendBuffer: 7, receiveBuffer: 8, sendBufferForce: 32, receiveBufferForce: 33 } as const
/** linux/if_packet.h */
export const PacketOption = {
  receiveRing: 5,
  version: 10,
  reserve: 12,
  transmitRing: 13,
  virtioHeader: 15,
  /** PACKET_TX_HAS_OFF: slots that are sent say where in them the frame begins. */
  placedFrames: 19,
  ignoreOutgoing: 23,
  virtioHeaderSize: 24,
} as const
/** What a socket receives: linux/if_ether.h, in network order as an address has it. */
export const Protocol = { nothing: 0, all: 0x0003 } as const
const addressBytes = 20

/** Opens a packet socket, lets `configure` set it up, and returns its descriptor. It is closed again if that throws. */
export function openRawPacketSocket(name: string, configure: (fd: number) => void): number {
  // Protocol 0 receives nothing until the socket is bound, so no other interface's frames slip in.
  const fd = socket(packetFamily, rawSocket | OpenFlag.nonBlocking | OpenFlag.closeOnExec, Protocol.nothing)
  if (fd < 0) {
    const errno = lastErrno()
    const remedy =
      errno === Errno.notPermitted ? 'the NET_RAW capability is needed (root, or --cap-add NET_RAW)' : ''
    throw systemError('open a packet socket', name, errno, remedy)
  }
  try {
    configure(fd)
    return fd
  } catch (error) {
    closeFile(fd)
    throw error
  }
}

/** From now on the socket sends through this interface and receives from it frames of `protocol`. */
export function bindToInterface(fd: number, name: string, protocol: number): void {
  const address = new DataView(new ArrayBuffer(addressBytes))
  address.setUint16(0, packetFamily, true)
  address.setUint16(2, protocol)
  address.setInt32(4, interfaceIndex(name), true)
  if (bind(fd, new Uint8Array(address.buffer), addressBytes) < 0) {
    throw systemError(`bind to ${name}`, name, lastErrno())
  }
}

/** `words`: one for most options; a ring's is a structure. */
export function setPacketOption(fd: number, name: string, option: number, ...words: number[]): void {
  setOption(fd, name, packetLevel, option, words)
}

/** Every frame is preceded by a header of 12 bytes, of which the kernel has 10 by default (Linux 6.4 or later). */
export function setVirtioHeader(fd: number, name: string): void {
  setPacketOption(fd, name, PacketOption.virtioHeader, 1)
  try {
    setPacketOption(fd, name, PacketOption.virtioHeaderSize, virtioHeaderBytes)
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error
    throw new DeviceError('offload on a packet socket needs Linux 6.4 or later', name, error.errno)
  }
}

/** More than the system's limit needs NET_ADMIN. Without that right, the kernel grants as much as the limit. */
export function growBuffer(fd: number, name: string, side: 'send' | 'receive', sizeBytes: number): void {
  const bytes = bytesOf([sizeBytes])
  if (setSocketOption(fd, socketLevel, SocketOption[`${side}BufferForce`], bytes, bytes.length) < 0) {
    setOption(fd, name, socketLevel, SocketOption[`${side}Buffer`], [sizeBytes])
  }
}

function setOption(fd: number, name: string, level: number, option: number, words: readonly number[]): void {
  const bytes = bytesOf(words)
  if (setSocketOption(fd, level, option, bytes, bytes.length) < 0) {
    throw systemError(`set socket option ${option}`, name, lastErrno())
  }
}

function bytesOf(words: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(words).buffer)
}
