/**
 * One seeded transfer: two hosts, each with replicas of its own number, exchange streams over a link that loses,
 * reorders, duplicates and corrupts, over a path whose MTU may change. Everything follows from the seed: sizes, impairments,
 * buffers, devices that cut and merge, costs, preemptions, where clocks start.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { type ComplianceOutcome, hold } from '../../strategy/testing/compliance-world.ts'
import type { Death } from '../hosts/deaths.ts'
import { drawEnd, drawPathMtus } from './draw-end.ts'
import { simulatedParameters } from './parameters.ts'

/** Parameters of both hosts that replace drawn or default ones. */
export type Overrides = Partial<Pick<StackParameters, 'verification' | 'slotCount' | 'digestStride'>>

/**
 * `strategies`: of the connecting and of the accepting host. `recordPath`: where the channel of the connecting host
 * is recorded; `deaths`: of replicas of the connecting and of the accepting host.
 */
export function simulateTransfer(
  seed: number,
  strategies: readonly [StrategyOption, StrategyOption],
  isImpaired = true,
  overrides: Overrides = {},
  recordPath?: string,
  deaths?: readonly [readonly Death[], readonly Death[]],
): ComplianceOutcome {
  const random = new Random(seed)
  // The first byte of a connection is its number, so at least one byte goes up.
  const plan = {
    number: 1,
    upBytes: 1 + drawSize(random),
    downBytes: drawSize(random),
    closesFirst: 'both' as const,
  }
  const payloadWork = { kind: random.chance(0.1) ? 'cipher' : 'checksum' } as const
  const ends = [drawEnd(random), drawEnd(random)] as const
  const parameters = (side: 0 | 1) =>
    simulatedParameters(strategies[side], side, {
      payloadWork,
      capabilities: ends[side].end.capabilities,
      coalescing: ends[side].coalescing,
      slotCount: random.chance(0.2) ? 16 : 256,
      ...overrides,
      ...(side === 0 && recordPath !== undefined && { recordPath }),
      machine: {
        superFrameBytes: ends[side].superFrameBytes,
        connectionCount: 4,
        timeWaitCount: 8,
        sendBufferBytes: random.chance(0.3) ? 16_384 : 131_072,
        receiveBufferBytes: random.chance(0.3) ? 16_384 : 131_072,
        congestionControl: random.chance(0.5) ? 'cubic' : 'newreno',
        reorderingFloorMicros: random.chance(0.5) ? 5000 : 1000,
      },
    })
  // Who trusts the wire verifies nothing.
  const mayCorrupt = overrides.verification !== 'trusted'
  const links = [drawLink(random, isImpaired, mayCorrupt), drawLink(random, isImpaired, mayCorrupt)] as const
  return hold({
    seed,
    random,
    parameters: [parameters(0), parameters(1)],
    links,
    plans: [plan],
    merges: [ends[0].end.merges === true, ends[1].end.merges === true],
    pathMtus: isImpaired ? [drawPathMtus(random), drawPathMtus(random)] : undefined,
    deaths,
  })
}

/** Mostly tens of kilobytes; sometimes nothing, sometimes a few hundred. */
function drawSize(random: Random): number {
  if (random.chance(0.1)) return 0
  return random.below(random.chance(0.15) ? 400_000 : 60_000)
}

function drawLink(random: Random, isImpaired: boolean, mayCorrupt: boolean): LinkParameters {
  const base = { ...perfectLink, delayMicros: 10 + random.below(random.chance(0.5) ? 200 : 20_000) }
  if (!isImpaired) return base
  return {
    ...base,
    rateBitsPerSecond: random.chance(0.5) ? Number.POSITIVE_INFINITY : 1e6 + random.below(200e6),
    queueBytes: random.chance(0.3) ? 30_000 + random.below(200_000) : Number.POSITIVE_INFINITY,
    jitterMicros: random.chance(0.5) ? 0 : random.below(2000),
    lossProbability: random.chance(0.3) ? 0 : random.fraction() * 0.08,
    duplicationProbability: random.chance(0.5) ? 0 : random.fraction() * 0.05,
    reorderProbability: random.chance(0.5) ? 0 : random.fraction() * 0.1,
    reorderDelayMicros: 100 + random.below(10_000),
    corruptionProbability: mayCorrupt && random.chance(0.5) ? random.fraction() * 0.02 : 0,
  }
}
