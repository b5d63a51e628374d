/**
 * A TAP between a stack on virtual cores and its peer. A frame that the stack writes reaches the peer at once,
 * because the write runs the peer's receive path. A frame that the peer sends waits in a bounded queue until a core
 * reads it.
 *
 * Invariant: a core reads no frame that was written later than its own time.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { VirtualThread } from './virtual-thread.ts'

/** Frames that a TAP keeps for its reader (Linux: `txqueuelen`). */
const queueLength = 1000

export class VirtualTap {
  readonly capabilities: DeviceCapabilities
  /** Frames to the stack, oldest first. */
  readonly #queue: { frame: Uint8Array; at: number }[] = []
  /** The peer's receive path: takes a frame from the stack. */
  onFrame: (frame: Uint8Array) => void = () => {}
  /** A frame was queued for the stack. */
  onQueued: () => void = () => {}
  dropped = 0

  constructor(mtuBytes: number) {
    this.capabilities = { frameBytes: mtuBytes + 14, virtioHeader: false, checksumOffload: false }
  }

  /** The peer's transmit path. */
  queue(frame: Uint8Array, at: number): void {
    if (this.#queue.length >= queueLength) {
      this.dropped += 1
      return
    }
    this.#queue.push({ frame, at })
    this.onQueued()
  }

  /** When the oldest frame was queued; Infinity if none waits. */
  get oldestAt(): number {
    return this.#queue[0]?.at ?? Number.POSITIVE_INFINITY
  }

  take(now: number): Uint8Array | undefined {
    return this.oldestAt <= now ? this.#queue.shift()?.frame : undefined
  }

  /** One core's end of the device. The cost of a write is part of the price of the action that writes. */
  open(region: Region, thread: VirtualThread, readNanos: number, emptyNanos: number): Device {
    return {
      capabilities: this.capabilities,
      read: (at, limit) => {
        const frame = this.take(thread.clock)
        thread.spend(frame === undefined ? emptyNanos : readNanos)
        if (frame === undefined) return 0
        const length = Math.min(limit, frame.length)
        region.bytes.set(frame.subarray(0, length), at)
        return length
      },
      write: (at, length) => {
        this.onFrame(region.bytes.slice(at, at + length))
        return true
      },
      wait: () => {},
      wake: () => {},
      close: () => {},
    }
  }
}
