/**
 * Frames leave in the order in which the state emitted them. A frame whose turn has not come stays at the turnstile in
 * its buffer, while its thread builds into the next one; the thread waits only when all its buffers hold such frames.
 * A super-frame that is cut here is several frames with one number: they are built only once that number has its turn, so
 * they need one buffer and one place. One instance per thread, over that thread's buffers.
 *
 * Invariant: a buffer is not written while it holds a frame that has not left.
 */
import type { Device, DeviceCapabilities, FrameParts } from '../../../device/device.ts'
import type { Region } from '../../../dominoes/memory/region.ts'
import type { Signal } from '../../../dominoes/memory/signal.ts'
import { countFrame, flushFrames, joinParts, noBuffer, type Transmitter } from '../../perform/transmitter.ts'
import { Turnstile, type TurnstileLayout, type WriteFrame } from './turnstile.ts'

export interface OrderedTransmitterParts {
  readonly region: Region
  readonly layout: TurnstileLayout
  readonly device: Device
  /** Byte offset of this thread's first buffer, how many there are, and bytes from one to the next. */
  readonly buffersAt: number
  readonly bufferCount: number
  readonly bufferBytes: number
  /** Word offset of this thread's counters. */
  readonly countersAt: number
  /** Where threads sleep that wait for a frame to leave. */
  readonly moved: Signal
}

export class OrderedTransmitter implements Transmitter {
  readonly capabilities: DeviceCapabilities
  readonly gathers = false
  readonly #parts: OrderedTransmitterParts
  readonly #turnstile: Turnstile
  readonly #write: WriteFrame
  /** Which frame each buffer holds: a ring, from the oldest that may not have left to the one before `#current`. */
  readonly #frames: Int32Array
  #held = 0
  #oldest = 0
  #current = 0
  #frame = 0
  #isFollowed = false

  constructor(parts: OrderedTransmitterParts) {
    const { region, layout, device, countersAt, moved } = parts
    this.capabilities = device.capabilities
    this.#parts = parts
    this.#frames = new Int32Array(parts.bufferCount)
    this.#write = (at, length) => countFrame(region.words, countersAt, device.write(at, length))
    this.#turnstile = new Turnstile(region, layout, moved, this.#write, () => this.flush())
  }

  bufferFor(frameNumber: number, isFollowed: boolean, isCut: boolean): number {
    if (isCut && !this.#turnstile.hasTurn(frameNumber)) return noBuffer
    while (this.#held > 0 && this.#turnstile.hasLeft(this.#frames[this.#oldest] as number)) {
      this.#oldest = this.#after(this.#oldest)
      this.#held -= 1
    }
    // Reuse the buffers used last, which are in the cache: all are needed only while another thread is late.
    if (this.#held === 0) {
      this.#oldest = 0
      this.#current = 0
    }
    if (this.#held === this.#parts.bufferCount) return noBuffer
    if (!this.#turnstile.hasRoom(frameNumber)) return noBuffer
    this.#frame = frameNumber
    this.#isFollowed = isFollowed
    return this.#parts.buffersAt + this.#current * this.#parts.bufferBytes
  }

  transmit(at: number, length: number, hasMore = false): void {
    if (hasMore) {
      this.#write(at, length)
      return
    }
    if (this.#turnstile.leave(this.#frame, at, length, this.#isFollowed)) return
    this.#frames[this.#current] = this.#frame
    this.#current = this.#after(this.#current)
    this.#held += 1
  }

  /** A frame that waits for its turn cannot leave its payload where it is overwritten once it is acknowledged. */
  transmitParts(parts: FrameParts, hasMore = false): void {
    this.transmit(parts.at, joinParts(this.#parts.region.bytes, parts), hasMore)
  }

  flush(): void {
    const { device, region, countersAt } = this.#parts
    flushFrames(device, region.words, countersAt)
  }

  #after(buffer: number): number {
    return buffer + 1 === this.#parts.bufferCount ? 0 : buffer + 1
  }
}
