/**
 * A link between two endpoints in virtual time, each endpoint a device of its own region: a `LinkDirection` each way.
 * Seeded: the same writes at the same times give the same arrivals. One thread.
 *
 * Frames of the ends may be larger than those of the link: `simulated-endpoint.ts` cuts and merges them.
 *
 * Nothing happens by itself: a frame is there to be read once the clock has reached its arrival. Who drives the
 * clock asks `nextEventMicros` how far it may jump.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import type { Device } from '../device.ts'
import { LinkDirection, type LinkParameters } from './link-direction.ts'
import { NarrowPath, type PathMtu } from './narrow-path.ts'
import { plainEnd, type SimulatedEnd, SimulatedEndpoint } from './simulated-endpoint.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface SimulatedLinkOptions {
  readonly clock: VirtualClock
  readonly seed: number
  readonly mtuBytes: number
  /** Frames that can be under way in each direction; one more is refused. Default 4096. */
  readonly frameCount?: number
  readonly forward: LinkParameters
  readonly backward: LinkParameters
  /** The devices at the ends. Default: they take single frames of the link's MTU, and do nothing to them. */
  readonly nearEnd?: SimulatedEnd | undefined
  readonly farEnd?: SimulatedEnd | undefined
  /** Packet sizes of the way forward and back, from the frame with a number on. Default: what fits the MTU passes. */
  readonly pathMtus?: readonly [readonly PathMtu[], readonly PathMtu[]] | undefined
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
    const { nearEnd = plainEnd(frameBytes), farEnd = plainEnd(frameBytes), pathMtus = [[], []] } = options
    const forth = new NarrowPath(this.forward, this.backward, pathMtus[0])
    const back = new NarrowPath(this.backward, this.forward, pathMtus[1])
    this.near = new SimulatedEndpoint(nearRegion, nearEnd, forth, this.backward)
    this.far = new SimulatedEndpoint(farRegion, farEnd, back, this.forward)
  }

  /** When the next frame arrives that has not been read, at either end; Infinity if none is under way. */
  nextEventMicros(): number {
    return Math.min(this.forward.nextArrivalMicros(), this.backward.nextArrivalMicros())
  }
}
