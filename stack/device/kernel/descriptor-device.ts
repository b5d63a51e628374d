/**
 * A device behind a non-blocking file descriptor of which each read and write moves one frame: a TAP or a
 * packet socket. One instance per thread over descriptors that all threads share; allocates nothing after the
 * first use of each offset.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import type { Device, DeviceCapabilities, FrameParts } from '../device.ts'
import { RegionViews } from '../region-views.ts'
import { FrameVector } from './frame-vector.ts'
import {
  closeFile,
  Errno,
  eventfd,
  lastErrno,
  OpenFlag,
  PollEvent,
  ppoll,
  readFile,
  readVector,
  systemError,
  writeFile,
  writeVector,
} from './system-calls.ts'

/** What threads pass on to one another to open the same device: plain data. */
export interface DescriptorDeviceHandle {
  readonly name: string
  readonly fd: number
  /** Of a device with several queues: the descriptors of the others. */
  readonly otherFds?: readonly number[]
  /** Wakes whoever waits. */
  readonly eventFd: number
  readonly capabilities: DeviceCapabilities
}

export function openEventFd(device: string): number {
  const fd = eventfd(0, OpenFlag.nonBlocking | OpenFlag.closeOnExec)
  if (fd < 0) throw systemError('make an eventfd', device, lastErrno())
  return fd
}

/** Closes the descriptors for all threads; every thread has stopped using the device. */
export function closeDescriptors(handle: DescriptorDeviceHandle): void {
  for (const fd of [handle.fd, ...(handle.otherFds ?? []), handle.eventFd]) closeFile(fd)
}

export class DescriptorDevice implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #name: string
  readonly #fd: number
  readonly #eventFd: number
  readonly #views: RegionViews
  readonly #vector: FrameVector
  /** The other queues, if there are several. */
  readonly #others: readonly number[]
  /**
   * Pollfd records, that of the eventfd first. A record is a descriptor, then a word with the events in its
   * lower and the returned events in its upper half.
   */
  readonly #entries: Int32Array
  /** A timespec: 64-bit seconds and nanoseconds. */
  readonly #timeout = new Int32Array(4)
  readonly #eventCount = new Uint8Array(8)
  readonly #one = Uint8Array.from(new Uint8Array(new BigUint64Array([1n]).buffer))

  constructor(region: Region, handle: DescriptorDeviceHandle) {
    this.capabilities = handle.capabilities
    this.#name = handle.name
    this.#fd = handle.fd
    this.#eventFd = handle.eventFd
    this.#views = new RegionViews(region)
    this.#vector = new FrameVector(region)
    this.#others = handle.otherFds ?? []
    this.#entries = new Int32Array([handle.eventFd, handle.fd, ...this.#others].flatMap((fd) => [fd, 0]))
  }

  /** Reads from its own queue first, and from the others when that one is empty. */
  read(at: number, limit: number): number {
    const to = this.#views.from(at, limit)
    let length = this.#readQueue(this.#fd, to, limit)
    for (let k = 0; length === 0 && k < this.#others.length; k++) {
      length = this.#readQueue(this.#others[k] as number, to, limit)
    }
    return length
  }

  #readQueue(fd: number, to: Uint8Array, limit: number): number {
    for (;;) {
      const length = readFile(fd, to, limit)
      if (length >= 0) return length
      if (!this.#wasInterrupted('read', 0)) return 0
    }
  }

  readParts(parts: FrameParts): number {
    this.#vector.fill(parts)
    let length = this.#scatterQueue(this.#fd)
    for (let k = 0; length === 0 && k < this.#others.length; k++) {
      length = this.#scatterQueue(this.#others[k] as number)
    }
    return length
  }

  #scatterQueue(fd: number): number {
    const { words, count } = this.#vector
    for (;;) {
      const length = readVector(fd, words, count)
      if (length >= 0) return length
      if (!this.#wasInterrupted('read', 0)) return 0
    }
  }

  write(at: number, length: number): boolean {
    const from = this.#views.from(at, length)
    for (;;) {
      if (writeFile(this.#fd, from, length) >= 0) return true
      if (!this.#wasInterrupted('write', length)) return false
    }
  }

  writeParts(parts: FrameParts): boolean {
    const vector = this.#vector
    vector.fill(parts)
    for (;;) {
      if (writeVector(this.#fd, vector.words, vector.count) >= 0) return true
      if (!this.#wasInterrupted('write', vector.bytes)) return false
    }
  }

  /** After a call that failed: whether to try it again; false if there was no frame, or no room. Throws if the device is gone. */
  #wasInterrupted(doing: 'read' | 'write', length: number): boolean {
    const errno = lastErrno()
    switch (errno) {
      case Errno.interrupted:
        return true
      case Errno.tryAgain:
      case Errno.noBuffers:
      // An interface that is down may come back: it is being moved, or set up.
      case Errno.networkDown:
      case Errno.inputOutput:
        return false
      default:
        throw systemError(
          doing === 'read' ? 'read a frame' : `write a frame of ${length} bytes`,
          this.#name,
          errno,
        )
    }
  }

  wait(micros: number): void {
    const entries = this.#entries
    for (let k = 1; k < entries.length; k += 2) entries[k] = PollEvent.input
    const limited = Math.max(0, micros)
    this.#timeout[0] = limited / 1_000_000
    this.#timeout[2] = (limited % 1_000_000) * 1000
    const ready = ppoll(entries, entries.length >> 1, this.#timeout, null)
    if (ready > 0 && (entries[1] as number) >>> 16 !== 0) {
      // Empty the eventfd: otherwise the next wait would end at once.
      readFile(this.#eventFd, this.#eventCount, 8)
    }
  }

  wake(): void {
    writeFile(this.#eventFd, this.#one, 8)
  }

  /** Does nothing: the descriptors belong to the process, and `closeDescriptors` closes them for all threads. */
  close(): void {}
}
