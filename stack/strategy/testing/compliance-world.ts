/**
 * Two simulated hosts with given strategies, between which planned connections are held, in virtual time; everything
 * follows from the seed.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import type { PathMtu } from '../../device/simulated/narrow-path.ts'
import type { Death } from '../../sim/hosts/deaths.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { type DrawnEnd, drawEnd, drawPathMtus, plainDrawnEnd } from '../../sim/testing/draw-end.ts'
import { drawCosts, openPair, type WrapDevice } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import type { StackParameters, StrategyOption } from '../options.ts'
import { FragmentingDevice } from './fragmenting-device.ts'
import { ScriptedApplication } from './scripted-application.ts'
import type { SessionPlan } from './scripted-session.ts'

export interface ComplianceOutcome {
  /** Empty if every byte arrived, all connections ended as planned, and no digests differed. */
  readonly problems: readonly string[]
  readonly virtualMicros: number
  readonly digestsCompared: number
  readonly framesLost: number
  /** Protocol counters of both hosts together. */
  readonly windowProbes: number
  readonly retransmits: number
  /** Segments received beyond what was expected next. */
  readonly outOfOrder: number
  /** Of each thread of the connecting host, what it counted. */
  readonly threads: readonly Record<string, number>[]
}

const port = 4000
/** With every timer backed off, transfers that take seconds take minutes. */
const limitMicros = 900e6

export interface Holding {
  readonly seed: number
  readonly random: Random
  /** Of the connecting and of the accepting host. */
  readonly parameters: readonly [StackParameters, StackParameters]
  readonly links: readonly [LinkParameters, LinkParameters]
  readonly plans: readonly SessionPlan[]
  /** What a router between the hosts lets through of an IP payload, a multiple of 8; everything if absent. */
  readonly pieceBytes?: number | undefined
  /** Whether the device of the connecting and of the accepting host merges. Default: not. */
  readonly merges?: readonly [boolean, boolean] | undefined
  /** Packet sizes that pass from the connecting host, and to it. Default: all that fit the link. */
  readonly pathMtus?: readonly [readonly PathMtu[], readonly PathMtu[]] | undefined
  /** Around each host's end of the link, in place of a router. */
  readonly wrapDevice?: WrapDevice
  /** Called again and again while no thread is in the middle of a round. */
  readonly betweenRounds?: () => void
  /** Of the replicas of each host. */
  readonly deaths?: readonly [readonly Death[], readonly Death[]] | undefined
}

/** Holds the planned connections between two hosts. */
export function hold({ seed, random, parameters, links, plans, ...more }: Holding): ComplianceOutcome {
  const clock = new SimulatedClock()
  const { pieceBytes, wrapDevice, betweenRounds, merges, pathMtus, deaths } = more
  const open = (side: 'connecting' | 'accepting') =>
    new ScriptedApplication(plans, side, () => clock.nowMicros(), random.next())
  const applications = [open('connecting'), open('accepting')] as const
  const side = (index: 0 | 1) => ({
    parameters: parameters[index],
    application: applications[index],
    // Near the wrap of 32-bit time, often enough to cross it.
    clockOrigin: random.chance(0.3) ? 2 ** 31 - random.below(5e6) : random.next(),
    costs: drawCosts(random),
    seed: random.next(),
    merges: merges?.[index],
    ...(deaths && { deaths: deaths[index] }),
    wrapDevice: pieceBytes === undefined ? wrapDevice : fragmenting(pieceBytes),
  })
  const { world, link, hosts } = openPair({ clock, seed, links, sides: [side(0), side(1)], pathMtus })
  applications[1].listen(hosts[1].endpoint, port)
  applications[0].connect(hosts[0].endpoint, addresses[1], port)
  const isOver = () => {
    world.audit()
    betweenRounds?.()
    return applications.every((each) => each.isDone) || applications.some((each) => each.failure)
  }
  const isFinished = world.run(isOver, limitMicros)
  const virtualMicros = clock.nowMicros()
  world.settle(3e6)
  const { digestsCompared, problems: divergences } = world.finish()
  const problems = applications.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  if (!isFinished && problems.length === 0) problems.push('did not end in time')
  return {
    problems: [...problems, ...divergences],
    virtualMicros,
    digestsCompared,
    framesLost: link.forward.counters.lost + link.backward.counters.lost,
    windowProbes: world.counted('windowProbes'),
    retransmits: world.counted('retransmits'),
    outOfOrder: world.counted('outOfOrderIn'),
    threads: hosts[0].everyThreadsCounters(),
  }
}

function fragmenting(pieceBytes: number): WrapDevice {
  return (device, { bytes }, outgoing) => new FragmentingDevice(device, bytes, outgoing, pieceBytes)
}

/**
 * Both hosts of one kind but for their strategies and devices, over a link that loses, doubles, reorders and corrupts, and a path
 * whose MTU changes, unless told otherwise. Where a router cuts packets, devices take single frames.
 */
export function holdConnections(
  seed: number,
  strategies: readonly [StrategyOption, StrategyOption],
  plans: readonly SessionPlan[],
  isImpaired = true,
  pieceBytes?: number,
): ComplianceOutcome {
  const random = new Random(seed)
  const payloadWork = { kind: random.chance(0.2) ? 'cipher' : 'checksum' } as const
  const draw = (): DrawnEnd => (pieceBytes === undefined ? drawEnd(random) : plainDrawnEnd)
  const ends = [draw(), draw()] as const
  const parameters = (side: 0 | 1) => {
    const { end, coalescing, superFrameBytes } = ends[side]
    return simulatedParameters(strategies[side], side, {
      capabilities: end.capabilities,
      coalescing,
      payloadWork,
      slotCount: random.chance(0.3) ? 16 : 256,
      machine: { superFrameBytes },
    })
  }
  const links = [drawLink(random, isImpaired), drawLink(random, isImpaired)] as const
  const isNarrow = isImpaired && pieceBytes === undefined
  return hold({
    seed,
    random,
    parameters: [parameters(0), parameters(1)],
    links,
    plans,
    pieceBytes,
    merges: [ends[0].end.merges === true, ends[1].end.merges === true],
    pathMtus: isNarrow ? [drawPathMtus(random), drawPathMtus(random)] : undefined,
  })
}

function drawLink(random: Random, isImpaired: boolean): LinkParameters {
  const base = { ...perfectLink, delayMicros: 10 + random.below(2000) }
  if (!isImpaired) return base
  return {
    ...base,
    jitterMicros: random.below(300),
    lossProbability: random.fraction() * 0.05,
    duplicationProbability: random.fraction() * 0.05,
    reorderProbability: random.fraction() * 0.1,
    reorderDelayMicros: 100 + random.below(5000),
    corruptionProbability: random.fraction() * 0.02,
  }
}
