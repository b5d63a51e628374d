/**
 * A device over rings that are shared with the kernel, as those of a network card are with its driver: frames arrive in
 * memory by the kernel's hand, and a read is a copy without a system call. Frames that are written gather in a ring until
 * one call sends them all. One instance per thread: the ring that receives is common, the ring that sends is its own.
 *
 * A frame that is larger than a slot, such as a super-frame, is sent by a call of its own, after those that gathered before
 * it: the call costs little beside the copy into the ring, which it saves.
 *
 * Invariant: frames leave in the order in which they were written; after `flush` none waits in the transmit ring.
 */
import type { Region } from '../../../dominoes/memory/region.ts'
import { virtioHeaderBytes } from '../../../wire/virtio.ts'
import type { Device, DeviceCapabilities, FrameParts } from '../../device.ts'
import { DescriptorDevice, type DescriptorDeviceHandle } from '../descriptor-device.ts'
import {
  closeFile,
  Errno,
  lastErrno,
  MessageFlag,
  readFile,
  sendMessage,
  systemError,
} from '../system-calls.ts'
import { type MappedRing, mapRing } from './mapped-ring.ts'
import { copyBytes, type MemoryViews, viewMemory } from './memory-copy.ts'
import { openTransmitSocket, sentHeaderBytes } from './packet-ring.ts'
import { ReceiveRing } from './receive-ring.ts'
import { kernelHeaderBytes, planReceiveRing, transmitLayout } from './ring-layout.ts'
import { TransmitRing } from './transmit-ring.ts'

/** Of the virtio-net header: where it says how long the frame's own headers are (`wire/virtio.ts`). */
const headerLengthAt = 2

export function createPacketRingDevice(region: Region, handle: DescriptorDeviceHandle): Device {
  return new PacketRingDevice(region, handle)
}

class PacketRingDevice implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #name: string
  readonly #receiveFd: number
  readonly #transmitFd: number
  readonly #region: MemoryViews
  /** Bytes of virtio-net header that readers and writers see: 12, or none. */
  readonly #headerBytes: number
  /** The same in the transmit ring, where there always is one. */
  readonly #sentHeaderBytes: number
  readonly #receiveMapping: MappedRing
  readonly #transmitMapping: MappedRing
  readonly #received: ReceiveRing
  readonly #sent: TransmitRing
  /** The socket that receives, without its ring: to wait, and to send what no slot has room for. */
  readonly #socket: DescriptorDevice
  readonly #nothing = new Uint8Array(8)
  /** Frames lost since the last `flush` returned. */
  #lost = 0

  constructor(region: Region, handle: DescriptorDeviceHandle) {
    const { name, fd, capabilities } = handle
    const { frameBytes, virtioHeader } = capabilities
    this.capabilities = capabilities
    this.#name = name
    this.#receiveFd = fd
    this.#transmitFd = openTransmitSocket(handle)
    this.#region = viewMemory(region.buffer)
    this.#headerBytes = virtioHeader ? virtioHeaderBytes : 0
    this.#sentHeaderBytes = sentHeaderBytes(virtioHeader)
    const receiveLayout = planReceiveRing(frameBytes)
    try {
      this.#receiveMapping = mapRing(fd, name, receiveLayout)
      this.#transmitMapping = mapRing(this.#transmitFd, name, transmitLayout)
    } catch (error) {
      closeFile(this.#transmitFd)
      throw error
    }
    this.#received = new ReceiveRing(this.#receiveMapping.views.words, receiveLayout)
    this.#sent = new TransmitRing(this.#transmitMapping.views.words, transmitLayout)
    this.#socket = new DescriptorDevice(region, handle)
  }

  read(at: number, limit: number): number {
    this.#check(at, limit)
    const ring = this.#received
    if (!ring.look()) return 0
    const header = Math.min(this.#headerBytes, limit)
    const length = Math.min(ring.frameBytes, limit - header)
    if (header > 0) this.#copyHeader(at, ring.frameAt - kernelHeaderBytes, header)
    this.#take(at + header, ring.frameAt, length)
    ring.pass()
    return header + length
  }

  /** The head has room for the virtio-net header. */
  readParts(parts: FrameParts): number {
    const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
    this.#check(at, length)
    this.#check(bodyAt, bodyLength)
    this.#check(restAt, restLength)
    const ring = this.#received
    if (!ring.look()) return 0
    const header = this.#headerBytes
    if (header > 0) this.#copyHeader(at, ring.frameAt - kernelHeaderBytes, header)
    const head = Math.min(ring.frameBytes, length - header)
    const body = Math.min(ring.frameBytes - head, bodyLength)
    const rest = Math.min(ring.frameBytes - head - body, restLength)
    const from = ring.frameAt
    this.#take(at + header, from, head)
    if (body > 0) this.#take(bodyAt, from + head, body)
    if (rest > 0) this.#take(restAt, from + head + body, rest)
    ring.pass()
    return header + head + body + rest
  }

  #take(to: number, from: number, length: number): void {
    copyBytes(this.#region, to, this.#receiveMapping.views, from, length)
  }

  /** The kernel's header lacks the last two bytes: they are 0. */
  #copyHeader(at: number, from: number, length: number): void {
    const to = this.#region.bytes
    const { bytes } = this.#receiveMapping.views
    for (let k = 0; k < length; k++) to[at + k] = k < kernelHeaderBytes ? (bytes[from + k] as number) : 0
  }

  write(at: number, length: number): boolean {
    this.#check(at, length)
    if (!this.#fits(length)) {
      this.#send()
      return this.#socket.write(at, length)
    }
    const to = this.#place(at)
    if (to < 0) return false
    this.#put(to, at, length)
    this.#complete(to, length)
    return true
  }

  writeParts(parts: FrameParts): boolean {
    const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
    this.#check(at, length)
    this.#check(bodyAt, bodyLength)
    this.#check(restAt, restLength)
    const total = length + bodyLength + restLength
    if (!this.#fits(total)) {
      this.#send()
      return this.#socket.writeParts(parts)
    }
    const to = this.#place(at)
    if (to < 0) return false
    this.#put(to, at, length)
    this.#put(to + length, bodyAt, bodyLength)
    this.#put(to + length + bodyLength, restAt, restLength)
    this.#complete(to, total)
    return true
  }

  /** Throws DeviceError if the device is gone. */
  flush(): number {
    this.#send()
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** A frame that comes while this looks is seen by the next `read`, or ends the wait. */
  wait(micros: number): void {
    this.#socket.wait(micros)
    if (this.#received.look()) return
    // A socket tells once that its interface went down or away. Until that was read, every wait would end at once.
    if (readFile(this.#receiveFd, this.#nothing, 1) >= 0) return
    const errno = lastErrno()
    if (errno !== Errno.tryAgain && errno !== Errno.interrupted && errno !== Errno.networkDown)
      throw systemError('wait for a frame', this.#name, errno)
  }

  wake(): void {
    this.#socket.wake()
  }

  /** Frames that were not flushed are lost. Nothing may be called after this. */
  close(): void {
    this.#receiveMapping.unmap()
    this.#transmitMapping.unmap()
    closeFile(this.#transmitFd)
  }

  #check(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.#region.bytes.length)
      throw new RangeError(`${length} bytes at ${at} leave the region`)
  }

  /** Bytes that this device puts before what a writer gives. */
  get #addedBytes(): number {
    return this.#sentHeaderBytes - this.#headerBytes
  }

  #fits(length: number): boolean {
    return length + this.#addedBytes <= this.#sent.roomBytes
  }

  /** Byte offset in the transmit ring for what a writer has at `at`; -1 if the kernel has not let go of the slot. */
  #place(at: number): number {
    const to = this.#sent.nextFrameAt(at - this.#addedBytes)
    return to < 0 ? -1 : to + this.#addedBytes
  }

  #put(to: number, at: number, length: number): void {
    copyBytes(this.#transmitMapping.views, to, this.#region, at, length)
  }

  /**
   * The header says that all of the frame is header, so the kernel copies it when it takes it. The rest of a frame it would
   * borrow from the ring, and on a veth it would have to copy that into new pages at once: the frame passes to another host.
   */
  #complete(to: number, length: number): void {
    const { bytes } = this.#transmitMapping.views
    const headerAt = to - this.#addedBytes
    // Of a header that the device adds, the rest asks for nothing: what lies there is of an older frame.
    for (let k = headerAt; k < to; k++) bytes[k] = 0
    const frameBytes = length - this.#headerBytes
    bytes[headerAt + headerLengthAt] = frameBytes
    bytes[headerAt + headerLengthAt + 1] = frameBytes >> 8
    if (this.#sent.fill(length + this.#addedBytes)) this.#send()
  }

  /** Asks the kernel to send what gathered. What it has no room for is lost, as it would be frame by frame. */
  #send(): void {
    const ring = this.#sent
    if (ring.unsent === 0) return
    // Ends: each round but the last takes a frame at least.
    for (;;) {
      const isSent = sendMessage(this.#transmitFd, null, 0, MessageFlag.dontWait) >= 0
      const errno = isSent ? 0 : lastErrno()
      const hasTaken = ring.noteTaken()
      if (ring.unsent === 0) return
      if (isSent && hasTaken) continue
      this.#lost += ring.withdraw()
      if (isSent || isNoRoom(errno)) return
      throw systemError('send frames', this.#name, errno)
    }
  }
}

/** Also an interface that is down: it may come back. */
function isNoRoom(errno: number): boolean {
  return (
    errno === Errno.tryAgain ||
    errno === Errno.noBuffers ||
    errno === Errno.networkDown ||
    errno === Errno.interrupted
  )
}
