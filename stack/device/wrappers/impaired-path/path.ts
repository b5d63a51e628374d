/**
 * A path between two devices that impairs what it carries: frames that one of them reads leave by the other, by a
 * `LinkDirection` each way. One thread, which owns both devices; its loop calls `doWork` and then sleeps as long as
 * `microsUntilDue` says, or until a frame comes.
 */
import type { Region } from '../../../dominoes/memory/region.ts'
import type { Device } from '../../device.ts'
import { LinkDirection, type LinkParameters } from '../../simulated/link-direction.ts'
import type { VirtualClock } from '../../simulated/virtual-clock.ts'

/** Frames that can be held in each direction; one more is lost, and counted as refused. */
const heldFrames = 4096
/** Most frames of one step (taken in or passed on, one way) before the next step gets its turn. */
const batch = 64

export interface PathParts {
  readonly region: Region
  /** Byte offset of `near.capabilities.frameBytes` bytes for the frame that is being moved. */
  readonly bufferAt: number
  /** Where the stack's frames come from, and the wire's. Neither has a virtio-net header. */
  readonly near: Device
  readonly far: Device
  /** Does not wrap. */
  readonly clock: VirtualClock
  readonly seed: number
  /** For both directions. */
  readonly parameters: LinkParameters
}

export class ImpairedPath {
  readonly outgoing: LinkDirection
  readonly incoming: LinkDirection
  readonly #parts: PathParts

  constructor(parts: PathParts) {
    const { clock, seed, parameters, near } = parts
    this.#parts = parts
    const { frameBytes } = near.capabilities
    this.outgoing = new LinkDirection(parameters, clock, seed, heldFrames, frameBytes)
    this.incoming = new LinkDirection(parameters, clock, seed ^ 0x5bd1e995, heldFrames, frameBytes)
  }

  /** Takes in what has come and passes on what is due, both ways; returns how many frames it moved. */
  doWork(): number {
    const { near, far } = this.#parts
    return (
      this.#takeIn(near, this.outgoing) +
      this.#passOn(this.outgoing, far) +
      this.#takeIn(far, this.incoming) +
      this.#passOn(this.incoming, near)
    )
  }

  /** Microseconds until the next frame that is held has to leave; Infinity if none is. */
  microsUntilDue(): number {
    const next = Math.min(this.outgoing.nextArrivalMicros(), this.incoming.nextArrivalMicros())
    return Math.max(0, next - this.#parts.clock.nowMicros())
  }

  #takeIn(from: Device, direction: LinkDirection): number {
    const { region, bufferAt } = this.#parts
    const { bytes } = region
    const { frameBytes } = from.capabilities
    for (let moved = 0; moved < batch; moved++) {
      const length = from.read(bufferAt, frameBytes)
      if (length === 0) return moved
      direction.send(bytes, bufferAt, length)
    }
    return batch
  }

  /** A frame for which the device has no room is lost there, as it would be without a path before it. */
  #passOn(direction: LinkDirection, to: Device): number {
    const { region, bufferAt } = this.#parts
    const { frameBytes } = to.capabilities
    let moved = 0
    for (; moved < batch; moved++) {
      const length = direction.receive(region.bytes, bufferAt, frameBytes)
      if (length === 0) break
      if (!to.write(bufferAt, length)) direction.loseDelivered()
    }
    const lost = to.flush?.() ?? 0
    for (let k = 0; k < lost; k++) direction.loseDelivered()
    return moved
  }
}
