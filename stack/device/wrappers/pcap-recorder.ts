/**
 * Records what passes any device into a capture file. One recorder and one file per thread (`mergePcap` puts
 * them together); the buffer is bounded and written out when it is full, allocating nothing per frame.
 * A virtio-net header is left out; so is a frame that the device refused.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Region } from '../../dominoes/memory/region.ts'
import {
  pcapFileHeaderBytes,
  pcapRecordHeaderBytes,
  writePcapFileHeader,
  writePcapRecordHeader,
} from '../../wire/pcap.ts'
import { virtioHeaderBytes } from '../../wire/virtio.ts'
import type { Device, DeviceCapabilities, FrameParts } from '../device.ts'
import type { Clock } from '../kernel/clock.ts'

/** Which wall-clock time a clock's reading was: taken once and shared, so that files of threads compare. */
export interface PcapOrigin {
  readonly clockMicros: number
  readonly wallMicros: number
}

export function pcapOrigin(clock: Clock): PcapOrigin {
  return { clockMicros: clock.nowMicros(), wallMicros: Date.now() * 1000 }
}

export interface PcapRecorderOptions {
  readonly path: string
  readonly clock: Clock
  readonly origin: PcapOrigin
  /** Bytes of a frame to keep; default 65,549: all. */
  readonly snapBytes?: number
  /** Bytes to hold before writing; default 1 MiB. */
  readonly bufferBytes?: number
}

export class PcapRecorder implements Device {
  readonly capabilities: DeviceCapabilities
  /** There if the device has them: so that frames take the way that they take without a recorder. */
  readonly readParts?: (parts: FrameParts) => number
  readonly writeParts?: (parts: FrameParts) => boolean
  readonly #device: Device
  readonly #source: Uint8Array
  readonly #clock: Clock
  readonly #snapBytes: number
  readonly #headerBytes: number
  readonly #buffer: Uint8Array
  readonly #view: DataView
  readonly #fd: number
  #used = 0
  #lastClockMicros: number
  #wallMicros: number

  constructor(device: Device, region: Pick<Region, 'bytes'>, options: PcapRecorderOptions) {
    const { snapBytes = 65549, bufferBytes = 1 << 20 } = options
    this.capabilities = device.capabilities
    this.#device = device
    this.#source = region.bytes
    this.#clock = options.clock
    this.#snapBytes = snapBytes
    this.#headerBytes = device.capabilities.virtioHeader ? virtioHeaderBytes : 0
    this.#lastClockMicros = options.origin.clockMicros
    this.#wallMicros = options.origin.wallMicros
    // Room for the file header and one record at least.
    const leastBytes = pcapFileHeaderBytes + pcapRecordHeaderBytes + snapBytes
    this.#buffer = new Uint8Array(Math.max(bufferBytes, leastBytes))
    this.#view = new DataView(this.#buffer.buffer)
    this.#fd = openSync(options.path, 'w')
    if (device.readParts !== undefined) this.readParts = (parts) => this.#readParts(parts)
    if (device.writeParts !== undefined) this.writeParts = (parts) => this.#writeParts(parts)
    writePcapFileHeader(this.#view, 0, snapBytes)
    this.#used = pcapFileHeaderBytes
    // At once: whoever is killed before anything passed leaves a capture, too.
    this.#writeOut()
  }

  read(at: number, limit: number): number {
    const length = this.#device.read(at, limit)
    if (length > 0) this.#record(at, length, this.#now())
    return length
  }

  write(at: number, length: number): boolean {
    // Before it is sent: its answer may pass by another thread's recorder before this one goes on.
    const micros = this.#now()
    const isSent = this.#device.write(at, length)
    if (isSent) this.#record(at, length, micros)
    return isSent
  }

  #readParts(parts: FrameParts): number {
    const length = this.#device.readParts?.(parts) ?? 0
    if (length > 0) this.#recordParts(parts, length, this.#now())
    return length
  }

  #writeParts(parts: FrameParts): boolean {
    const micros = this.#now()
    const isSent = this.#device.writeParts?.(parts) ?? false
    if (isSent) this.#recordParts(parts, parts.length + parts.bodyLength + parts.restLength, micros)
    return isSent
  }

  flush(): number {
    return this.#device.flush?.() ?? 0
  }

  wait(micros: number): void {
    this.#device.wait(micros)
  }

  wake(): void {
    this.#device.wake()
  }

  /** Writes out what is held, closes the file and the device. */
  close(): void {
    this.#writeOut()
    closeSync(this.#fd)
    this.#device.close()
  }

  #writeOut(): void {
    let written = 0
    while (written < this.#used) {
      written += writeSync(this.#fd, this.#buffer, written, this.#used - written)
    }
    this.#used = 0
  }

  #record(at: number, length: number, micros: number): void {
    const left = this.#begin(length, micros)
    this.#append(at + this.#headerBytes, left)
    this.#finish()
  }

  /** The head has all of the virtio-net header. */
  #recordParts(parts: FrameParts, length: number, micros: number): void {
    let left = this.#begin(length, micros)
    left -= this.#append(parts.at + this.#headerBytes, Math.min(left, parts.length - this.#headerBytes))
    left -= this.#append(parts.bodyAt, Math.min(left, parts.bodyLength))
    this.#append(parts.restAt, left)
    this.#finish()
  }

  /** Returns how many bytes of the frame are to be appended. */
  #begin(length: number, micros: number): number {
    const frameLength = length - this.#headerBytes
    const captured = Math.min(frameLength, this.#snapBytes)
    writePcapRecordHeader(this.#view, this.#used, micros, captured, frameLength)
    this.#used += pcapRecordHeaderBytes
    return captured
  }

  #append(from: number, count: number): number {
    // Byte by byte: copying between buffers at once would take a view, hence an object, per frame.
    for (let offset = 0; offset < count; offset++) {
      this.#buffer[this.#used + offset] = this.#source[from + offset] as number
    }
    this.#used += count
    return count
  }

  /** Writes out as soon as another might find no room: with the smallest buffer that is after every frame. */
  #finish(): void {
    if (this.#used + pcapRecordHeaderBytes + this.#snapBytes > this.#buffer.length) this.#writeOut()
  }

  /** Wall-clock time, unwrapped from the clock's 32 bits: frames are less than 35 minutes apart. */
  #now(): number {
    const now = this.#clock.nowMicros()
    this.#wallMicros += (now - this.#lastClockMicros) | 0
    this.#lastClockMicros = now
    return this.#wallMicros
  }
}
