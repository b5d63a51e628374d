/**
 * Frames leave in the order in which the state emitted them. A thread builds into the next of its own buffers, leaves
 * the frame at the turnstile and goes on; it waits only when all its buffers hold frames whose turn has not come.
 * One instance per thread, over that thread's buffers.
 *
 * Invariant: a buffer is not written while it holds a frame that has not left.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { Region } from '../../dominoes/region.ts'
import type { Signal } from '../../dominoes/signal.ts'
import { alreadyLeft, countFrame, noBuffer, type Transmitter } from './transmitter.ts'
import { Turnstile, type TurnstileLayout } from './turnstile.ts'

export interface OrderedTransmitterParts {
  readonly region: Region
  readonly layout: TurnstileLayout
  readonly thread: number
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
  readonly #parts: OrderedTransmitterParts
  readonly #turnstile: Turnstile
  /** Which frame each buffer holds, or held; nothing as long as it is unused. */
  readonly #frames: Int32Array
  #used = 0
  #current = 0
  #frame = 0

  constructor(parts: OrderedTransmitterParts) {
    const { region, layout, thread, device, countersAt, moved } = parts
    this.capabilities = device.capabilities
    this.#parts = parts
    this.#frames = new Int32Array(parts.bufferCount)
    const write = (at: number, length: number) =>
      countFrame(region.words, countersAt, device.write(at, length))
    this.#turnstile = new Turnstile(region, layout, thread, moved, write)
  }

  bufferFor(frameNumber: number): number {
    if (this.#turnstile.hasLeft(frameNumber)) return alreadyLeft
    const isUsed = this.#current < this.#used
    if (isUsed && this.#turnstile.hasRoom(this.#frames[this.#current] as number)) return noBuffer
    if (!this.#turnstile.hasRoom(frameNumber)) return noBuffer
    this.#frame = frameNumber
    return this.#parts.buffersAt + this.#current * this.#parts.bufferBytes
  }

  transmit(at: number, length: number): void {
    this.#frames[this.#current] = this.#frame
    this.#current += 1
    if (this.#current > this.#used) this.#used = this.#current
    if (this.#current === this.#parts.bufferCount) this.#current = 0
    this.#turnstile.leave(this.#frame, at, length)
  }
}
