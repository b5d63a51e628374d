/** Draws what a seeded simulation has at the ends of its link, and how large the packets are that pass. */
import type { Random } from '../../device/random.ts'
import type { PathMtu } from '../../device/simulated/narrow-path.ts'
import { endThat, plainEnd, type SimulatedEnd } from '../../device/simulated/simulated-endpoint.ts'
import type { CoalescingFactor } from '../../strategy/factors.ts'
import { frameBytes } from './parameters.ts'

/** One host's device, and what its stack does with it. */
export interface DrawnEnd {
  readonly end: SimulatedEnd
  readonly coalescing: CoalescingFactor
  /** Most payload of one action; 0: single segments. */
  readonly superFrameBytes: number
}

/** What every host had before devices could cut and merge. */
export const plainDrawnEnd: DrawnEnd = { end: plainEnd(frameBytes), coalescing: 'off', superFrameBytes: 0 }

export function drawEnd(random: Random): DrawnEnd {
  const cuts = random.chance(0.4)
  const merges = random.chance(0.4)
  return {
    end: endThat({ cuts, merges }, frameBytes),
    coalescing: random.chance(0.5) ? 'on' : 'off',
    // Where the device does not cut, the sender does.
    superFrameBytes: random.chance(0.6) ? 65_455 : 0,
  }
}

/** Mostly none; else one or two changes in the first hundred frames of a direction, down and perhaps up again. */
export function drawPathMtus(random: Random): PathMtu[] {
  if (!random.chance(0.3)) return []
  const frame = random.below(60)
  const first = { frame, mtuBytes: 400 + random.below(1100) }
  if (random.chance(0.5)) return [first]
  return [first, { frame: frame + random.below(60), mtuBytes: 400 + random.below(1100) }]
}
