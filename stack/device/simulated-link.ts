/**
 * A link between two endpoints in virtual time, each endpoint a device of its own region. Seeded: the same
 * writes at the same times give the same arrivals. One thread.
 *
 *   write → queue (limited) → serialised at the link's rate → delayed, impaired → read
 *
 * Nothing happens by itself: a frame is there to be read once the clock has reached its arrival. Who drives the
 * clock asks `nextEventMicros` how far it may jump. Invariant: every frame written is, in the end, counted as
 * delivered or under the one cause of its loss; a duplicate counts as delivered too.
 */
import type { Region } from '../dominoes/region.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'
import type { Device, DeviceCapabilities } from './device.ts'
import { FrameStore } from './frame-store.ts'
import { type Impairment, ImpairmentDraw, noImpairment } from './impairment-draw.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface LinkParameters extends Impairment {
  /** Bits of frame per second; Infinity: frames take no time. */
  readonly rateBitsPerSecond: number
  /** Bytes of frames that may wait for the link; one more frame is dropped. Needs a finite rate to matter. */
  readonly queueBytes: number
}

export const perfectLink: LinkParameters = {
  ...noImpairment,
  rateBitsPerSecond: Number.POSITIVE_INFINITY,
  queueBytes: Number.POSITIVE_INFINITY,
}

export interface SimulatedLinkOptions {
  readonly clock: VirtualClock
  readonly seed: number
  readonly mtuBytes: number
  /** Frames that can be under way in each direction; one more is refused. Default 4096. */
  readonly frameCount?: number
  readonly forward: LinkParameters
  readonly backward: LinkParameters
}

/** Frames of one direction. */
export interface LinkCounters {
  written: number
  delivered: number
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
  /** Dropped because the queue before the link was full. */
  queueDrops: number
  /** Refused because too many frames were under way. */
  refused: number
}

export class SimulatedLink {
  /** The end whose writes take the forward direction. */
  readonly near: Device
  readonly far: Device
  readonly forward: LinkDirection
  readonly backward: LinkDirection

  constructor(options: SimulatedLinkOptions, nearRegion: Region, farRegion: Region) {
    const { clock, seed, mtuBytes, frameCount = 4096 } = options
    const frameBytes = ethernetHeaderBytes + mtuBytes
    this.forward = new LinkDirection(options.forward, clock, seed, frameCount, frameBytes)
    this.backward = new LinkDirection(options.backward, clock, seed ^ 0x5bd1e995, frameCount, frameBytes)
    this.near = new SimulatedEndpoint(nearRegion, frameBytes, this.forward, this.backward)
    this.far = new SimulatedEndpoint(farRegion, frameBytes, this.backward, this.forward)
  }

  /** When the next frame arrives that has not been read, at either end; Infinity if none is under way. */
  nextEventMicros(): number {
    return Math.min(this.forward.nextArrivalMicros(), this.backward.nextArrivalMicros())
  }
}

/** One direction: whose parameters may change in the middle of a run. */
export class LinkDirection {
  parameters: LinkParameters
  readonly #clock: VirtualClock
  readonly #store: FrameStore
  readonly #draw: ImpairmentDraw
  /** When the link has sent all it was given; virtual time with its fraction. */
  #freeMicros = 0
  #written = 0
  #delivered = 0
  #queueDrops = 0
  #refused = 0

  constructor(
    parameters: LinkParameters,
    clock: VirtualClock,
    seed: number,
    frameCount: number,
    frameBytes: number,
  ) {
    this.parameters = parameters
    this.#clock = clock
    this.#store = FrameStore.private(frameCount, frameBytes)
    this.#draw = new ImpairmentDraw(parameters, seed)
  }

  get counters(): LinkCounters {
    return {
      written: this.#written,
      delivered: this.#delivered,
      ...this.#draw.counters,
      queueDrops: this.#queueDrops,
      refused: this.#refused,
    }
  }

  /** When the next frame arrives; Infinity if none is under way. */
  nextArrivalMicros(): number {
    if (this.#store.count === 0) return Number.POSITIVE_INFINITY
    const now = this.#clock.nowMicros()
    return Math.floor(now) + ((this.#store.firstDue - Math.floor(now)) | 0)
  }

  send(from: Uint8Array, at: number, length: number): boolean {
    this.#written += 1
    const now = this.#clock.nowMicros()
    const { rateBitsPerSecond, queueBytes, reorderDelayMicros } = this.parameters
    const start = Math.max(now, this.#freeMicros)
    const waitingBytes = start === now ? 0 : ((start - now) * rateBitsPerSecond) / 8e6
    if (waitingBytes + length > queueBytes) {
      this.#queueDrops += 1
      return true
    }
    this.#freeMicros = start + (length * 8e6) / rateBitsPerSecond

    const draw = this.#draw
    draw.impairment = this.parameters
    draw.draw(length)
    if (draw.isLost) return true
    // Arrivals are whole microseconds: no frame arrives before its time.
    const due = Math.ceil(this.#freeMicros + draw.delayMicros + (draw.isReordered ? reorderDelayMicros : 0))
    draw.flip(from, at)
    const isStored = this.#store.put(from, at, length, due, !draw.isReordered)
    if (draw.isDuplicated && !(isStored && this.#store.put(from, at, length, due, !draw.isReordered))) {
      draw.counters.duplicated -= 1
    }
    draw.flip(from, at)
    if (!isStored) this.#refused += 1
    return isStored
  }

  receive(to: Uint8Array, at: number, limit: number): number {
    if (!this.#store.isDue(Math.floor(this.#clock.nowMicros()) | 0)) return 0
    this.#delivered += 1
    return this.#store.take(to, at, limit)
  }
}

class SimulatedEndpoint implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #bytes: Uint8Array
  readonly #outgoing: LinkDirection
  readonly #incoming: LinkDirection

  constructor(region: Region, frameBytes: number, outgoing: LinkDirection, incoming: LinkDirection) {
    this.capabilities = { frameBytes, virtioHeader: false, checksumOffload: false }
    this.#bytes = region.bytes
    this.#outgoing = outgoing
    this.#incoming = incoming
  }

  read(at: number, limit: number): number {
    this.#checkRange(at, limit)
    return this.#incoming.receive(this.#bytes, at, limit)
  }

  write(at: number, length: number): boolean {
    this.#checkRange(at, length)
    return this.#outgoing.send(this.#bytes, at, length)
  }

  /** Virtual time passes outside. */
  wait(): void {}

  wake(): void {}

  close(): void {}

  #checkRange(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.#bytes.length) {
      throw new RangeError(`${length} bytes at ${at} leave the region`)
    }
  }
}
