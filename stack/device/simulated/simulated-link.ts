/**
 * A link between two endpoints in virtual time, each endpoint a device of its own region: a `LinkDirection` each way.
 * Seeded: the same writes at the same times give the same arrivals. One thread.
 *
 * Nothing happens by itself: a frame is there to be read once the clock has reached its arrival. Who drives the
 * clock asks `nextEventMicros` how far it may jump.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import type { Device, DeviceCapabilities } from '../device.ts'
import { LinkDirection, type LinkParameters } from './link-direction.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface SimulatedLinkOptions {
  readonly clock: VirtualClock
  readonly seed: number
  readonly mtuBytes: number
  /** Frames that can be under way in each direction; one more is refused. Default 4096. */
  readonly frameCount?: number
  readonly forward: LinkParameters
  readonly backward: LinkParameters
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

  /** Does not block: whoever drives the clock moves virtual time. */
  wait(): void {}

  wake(): void {}

  close(): void {}

  #checkRange(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.#bytes.length) {
      throw new RangeError(`${length} bytes at ${at} leave the region`)
    }
  }
}
