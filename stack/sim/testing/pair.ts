/** Two simulated hosts, one at either end of a simulated link. */
import type { Device } from '../../device/device.ts'
import type { Random } from '../../device/random.ts'
import type { LinkDirection, LinkParameters } from '../../device/simulated/link-direction.ts'
import type { PathMtu } from '../../device/simulated/narrow-path.ts'
import type { SimulatedEnd } from '../../device/simulated/simulated-endpoint.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { StackParameters } from '../../strategy/options.ts'
import { SimHost, type SimHostParts, type VirtualCosts } from '../hosts/sim-host.ts'
import type { SimulatedClock } from '../hosts/simulated-clock.ts'
import { HostWorld } from '../hosts/world.ts'
import { mtuBytes, planStack } from './parameters.ts'

/** Wraps a host's end of the link; `outgoing` is the direction of its writes. */
export type WrapDevice = (device: Device, region: Region, outgoing: LinkDirection) => Device

/** One of the hosts. */
export interface SidePlan
  extends Omit<SimHostParts, 'clock' | 'clockOrigin' | 'layout' | 'region' | 'device'> {
  readonly parameters: StackParameters
  /** 0 unless said otherwise. */
  readonly clockOrigin?: number
  readonly wrapDevice?: WrapDevice | undefined
  /** Whether its device, which is as the parameters say, merges segments that arrived together. Default: not. */
  readonly merges?: boolean | undefined
}

export interface PairPlan {
  readonly clock: SimulatedClock
  readonly seed: number
  /** From the first host to the second, and back. */
  readonly links: readonly [LinkParameters, LinkParameters]
  readonly sides: readonly [SidePlan, SidePlan]
  /** Packet sizes that pass from the first host to the second, and back. Default: all that fit the link. */
  readonly pathMtus?: readonly [readonly PathMtu[], readonly PathMtu[]] | undefined
}

export interface Pair {
  readonly world: HostWorld
  readonly link: SimulatedLink
  readonly hosts: readonly [SimHost, SimHost]
}

export function openPair({ clock, seed, links, sides, pathMtus }: PairPlan): Pair {
  const [near, far] = [planStack(sides[0].parameters), planStack(sides[1].parameters)]
  const [forward, backward] = links
  const [nearEnd, farEnd] = [endOf(sides[0]), endOf(sides[1])]
  const options = { clock, seed, mtuBytes, forward, backward, nearEnd, farEnd, pathMtus }
  const link = new SimulatedLink(options, near.region, far.region)
  const ends = [
    { stack: near, device: link.near, outgoing: link.forward },
    { stack: far, device: link.far, outgoing: link.backward },
  ] as const
  const open = (side: 0 | 1): SimHost => {
    const { wrapDevice, merges: _, clockOrigin = 0, ...parts } = sides[side]
    const { stack, device, outgoing } = ends[side]
    const wrapped = wrapDevice?.(device, stack.region, outgoing) ?? device
    return new SimHost({ clock, clockOrigin, ...parts, ...stack, device: wrapped })
  }
  const hosts = [open(0), open(1)] as const
  return { world: new HostWorld(clock, hosts, link), link, hosts }
}

function endOf({ parameters, merges = false }: SidePlan): SimulatedEnd {
  return { capabilities: parameters.device.capabilities, merges }
}

/** Draws the time that threads of a host spend. */
export function drawCosts(random: Random): VirtualCosts {
  return {
    roundMicros: 1 + random.below(20),
    actionMicros: random.chance(0.3) ? 2 : 1 + random.below(100),
    preemption: random.chance(0.5) ? 0 : 0.002,
    preemptionMicros: 3000,
  }
}
