/**
 * How a frame leaves a thread once it is built: at once (below), or in the order in which frames were emitted
 * (`ordered-transmitter.ts`). One instance per thread.
 */
import type { Device, DeviceCapabilities, FrameParts } from '../../device/device.ts'
import { countOne, ThreadCounter } from '../layout/thread-counters.ts'

export interface Transmitter {
  readonly capabilities: DeviceCapabilities
  /** Whether `transmitParts` sends from where the parts lie; else it puts them together first. */
  readonly gathers: boolean
  /**
   * Byte offset of a buffer in which to build the frame with this number, or `noBuffer`. Numbers increase from call to
   * call; a thread builds one frame at a time. `isFollowed`: it builds the next frame, too, right after this one. `isCut`:
   * several frames with this number will come, the pieces of a super-frame, each built in the same buffer.
   */
  bufferFor(frameNumber: number, isFollowed: boolean, isCut: boolean): number
  /**
   * The frame in the buffer is complete, with its virtio-net header if there is one: `length` bytes at `at`. `hasMore`: another
   * piece with the same number comes next. Once this returns, the buffer is free for that.
   */
  transmit(at: number, length: number, hasMore?: boolean): void
  /**
   * The same for a frame of which only the head is in the buffer. Its payload stays where it lies until this returns; behind
   * the head the buffer has room for it.
   */
  transmitParts(parts: FrameParts, hasMore?: boolean): void
  /** Sends what the device took and kept: see `Device.flush`. */
  flush(): void
}

/** Returned instead of a buffer: none is free yet, ask again later. */
export const noBuffer = -1

/** Transmits in the order of completion. A frame for which the device has no room is lost, and counted. */
export class DirectTransmitter implements Transmitter {
  readonly capabilities: DeviceCapabilities
  readonly gathers: boolean
  readonly #device: Device
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #bufferAt: number
  readonly #countersAt: number

  /** `bufferAt`: byte offset of this thread's buffer; `countersAt`: word offset of its counters. */
  constructor(device: Device, words: Int32Array, bufferAt: number, countersAt: number) {
    this.capabilities = device.capabilities
    this.gathers = device.writeParts !== undefined
    this.#device = device
    this.#words = words
    this.#bytes = new Uint8Array(words.buffer)
    this.#bufferAt = bufferAt
    this.#countersAt = countersAt
  }

  bufferFor(): number {
    return this.#bufferAt
  }

  transmit(at: number, length: number): void {
    countFrame(this.#words, this.#countersAt, this.#device.write(at, length))
  }

  transmitParts(parts: FrameParts): void {
    const device = this.#device
    if (device.writeParts === undefined) this.transmit(parts.at, joinParts(this.#bytes, parts))
    else countFrame(this.#words, this.#countersAt, device.writeParts(parts))
  }

  flush(): void {
    flushFrames(this.#device, this.#words, this.#countersAt)
  }
}

/** Copies the payload to behind the head; returns the length of the whole frame. */
export function joinParts(bytes: Uint8Array, parts: FrameParts): number {
  const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
  bytes.copyWithin(at + length, bodyAt, bodyAt + bodyLength)
  bytes.copyWithin(at + length + bodyLength, restAt, restAt + restLength)
  return length + bodyLength + restLength
}

/** Flushes the device, and counts what is lost thereby. */
export function flushFrames(device: Device, words: Int32Array, countersAt: number): void {
  if (device.flush === undefined) return
  const lost = device.flush()
  if (lost === 0) return
  words[countersAt + ThreadCounter.framesOut] =
    ((words[countersAt + ThreadCounter.framesOut] as number) - lost) | 0
  words[countersAt + ThreadCounter.framesRefused] =
    ((words[countersAt + ThreadCounter.framesRefused] as number) + lost) | 0
}

export function countFrame(words: Int32Array, countersAt: number, isTaken: boolean): void {
  countOne(words, countersAt + (isTaken ? ThreadCounter.framesOut : ThreadCounter.framesRefused))
}
