/**
 * How a frame leaves a thread once it is built: at once (below), or in the order in which frames were emitted
 * (`ordered-transmitter.ts`). One instance per thread.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import { countOne, ThreadCounter } from '../layout/thread-counters.ts'

export interface Transmitter {
  readonly capabilities: DeviceCapabilities
  /**
   * Byte offset of a buffer in which to build the frame with this number, or `noBuffer`. Numbers increase from call to
   * call; a thread builds one frame at a time. `isFollowed`: it builds the next frame, too, right after this one.
   */
  bufferFor(frameNumber: number, isFollowed: boolean): number
  /** The frame in the buffer is complete, with its virtio-net header if there is one: `length` bytes at `at`. */
  transmit(at: number, length: number): void
  /**
   * The frame's head is in the buffer, `length` bytes at `at`; its payload lies elsewhere, in one piece or two, and stays
   * there until this returns. Behind the head the buffer has room for it.
   */
  transmitParts(
    at: number,
    length: number,
    bodyAt: number,
    bodyLength: number,
    restAt: number,
    restLength: number,
  ): void
}

/** Returned instead of a buffer: none is free yet, ask again later. */
export const noBuffer = -1

/** Transmits in the order of completion. A frame for which the device has no room is lost, and counted. */
export class DirectTransmitter implements Transmitter {
  readonly capabilities: DeviceCapabilities
  readonly #device: Device
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #bufferAt: number
  readonly #countersAt: number

  /** `bufferAt`: byte offset of this thread's buffer; `countersAt`: word offset of its counters. */
  constructor(device: Device, words: Int32Array, bufferAt: number, countersAt: number) {
    this.capabilities = device.capabilities
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

  transmitParts(
    at: number,
    length: number,
    bodyAt: number,
    bodyLength: number,
    restAt: number,
    restLength: number,
  ): void {
    const device = this.#device
    if (device.writeParts === undefined) {
      this.transmit(at, gather(this.#bytes, at, length, bodyAt, bodyLength, restAt, restLength))
      return
    }
    const isTaken = device.writeParts(at, length, bodyAt, bodyLength, restAt, restLength)
    countFrame(this.#words, this.#countersAt, isTaken)
  }
}

/** Copies two pieces to behind a frame's head; returns the length of the frame. */
export function gather(
  bytes: Uint8Array,
  at: number,
  length: number,
  bodyAt: number,
  bodyLength: number,
  restAt: number,
  restLength: number,
): number {
  bytes.copyWithin(at + length, bodyAt, bodyAt + bodyLength)
  bytes.copyWithin(at + length + bodyLength, restAt, restAt + restLength)
  return length + bodyLength + restLength
}

export function countFrame(words: Int32Array, countersAt: number, isTaken: boolean): void {
  countOne(words, countersAt + (isTaken ? ThreadCounter.framesOut : ThreadCounter.framesRefused))
}
