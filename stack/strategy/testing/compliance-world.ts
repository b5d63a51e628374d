/**
 * Two simulated hosts with given strategies, between which planned connections are held, in virtual time; everything
 * follows from the seed.
 */
import type { Device } from '../../device/device.ts'
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { SimHost } from '../../sim/hosts/sim-host.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { runWorld, settleWorld } from '../../sim/hosts/world.ts'
import type { StackParameters, StrategyOption } from '../options.ts'
import { strategyOf } from '../strategies.ts'
import { FragmentingDevice } from './fragmenting-device.ts'
import { ScriptedApplication } from './scripted-application.ts'
import type { SessionPlan } from './scripted-session.ts'

export interface ComplianceOutcome {
  /** Empty if everything went as planned. */
  readonly problems: readonly string[]
  /** Protocol counters of the connecting and the accepting host, by name. */
  readonly windowProbes: number
  readonly retransmits: number
  /** Of each thread of the connecting host, what it counted. */
  readonly threads: readonly Record<string, number>[]
}

const port = 4000
const mtuBytes = 1500
const limitMicros = 900e6
const identities = [
  { address: 0x0a000001, etherHigh: 0x0200, etherLow: 1 },
  { address: 0x0a000002, etherHigh: 0x0200, etherLow: 2 },
] as const

/**
 * `pieceBytes`: what a router between the hosts lets through of an IP payload, a multiple of 8; everything if
 * absent.
 */
export function holdConnections(
  seed: number,
  strategies: readonly [StrategyOption, StrategyOption],
  plans: readonly SessionPlan[],
  isImpaired = true,
  pieceBytes?: number,
): ComplianceOutcome {
  const random = new Random(seed)
  const clock = new SimulatedClock()
  const payloadWork = random.chance(0.2) ? 'cipher' : 'checksum'
  const parameters = strategies.map((strategy, side) => ({
    ...parametersOf(strategy, side, random),
    payloadWork: { kind: payloadWork } as const,
  }))
  const layouts = parameters.map((each) => strategyOf(each).plan(each))
  const regions = layouts.map(({ sizeBytes }) => openRegion(new SharedArrayBuffer(sizeBytes)))
  const link = new SimulatedLink(
    { clock, seed, mtuBytes, forward: drawLink(random, isImpaired), backward: drawLink(random, isImpaired) },
    regions[0] as (typeof regions)[0],
    regions[1] as (typeof regions)[0],
  )
  const devices = [link.near, link.far].map((device, side) => {
    if (pieceBytes === undefined) return device
    const { bytes } = regions[side] as (typeof regions)[0]
    return new FragmentingDevice(device, bytes, side === 0 ? link.forward : link.backward, pieceBytes)
  })
  const applications = (['connecting', 'accepting'] as const).map(
    (side) => new ScriptedApplication(plans, side, () => clock.nowMicros(), random.next()),
  )
  const [near, far] = applications as [ScriptedApplication, ScriptedApplication]
  const [nearHost, farHost] = applications.map(
    (application, side) =>
      new SimHost({
        clock,
        clockOrigin: random.next(),
        parameters: parameters[side] as StackParameters,
        layout: layouts[side] as (typeof layouts)[0],
        region: regions[side] as (typeof regions)[0],
        device: devices[side] as Device,
        application,
        costs: {
          roundMicros: 1 + random.below(20),
          actionMicros: 1 + random.below(50),
          preemption: random.chance(0.5) ? 0 : 0.002,
          preemptionMicros: 3000,
        },
        seed: random.next(),
      }),
  ) as [SimHost, SimHost]
  const world = { clock, hosts: [nearHost, farHost], wire: link }
  far.listen(farHost.endpoint, port)
  near.connect(nearHost.endpoint, identities[1].address, port)
  const isOver = () => applications.every((each) => each.isDone) || applications.some((each) => each.failure)
  const finished = runWorld(world, isOver, limitMicros)
  settleWorld(world, 3e6)
  const divergences = nearHost.finish().divergences + farHost.finish().divergences
  const problems = applications.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  if (!finished && problems.length === 0) problems.push('did not end in time')
  if (divergences > 0) problems.push(`${divergences} digests differed`)
  const count = (name: 'windowProbes' | 'retransmits') =>
    nearHost.protocolCounter(name) + farHost.protocolCounter(name)
  return {
    problems,
    windowProbes: count('windowProbes'),
    retransmits: count('retransmits'),
    threads: Array.from({ length: (layouts[0] as { replicas: number }).replicas }, (_, thread) =>
      nearHost.threadCounters(thread),
    ),
  }
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
  }
}

export function parametersOf(strategy: StrategyOption, side: number, random: Random): StackParameters {
  return {
    strategy,
    device: {
      kind: 'tap',
      name: 'simulated',
      descriptor: -1,
      capabilities: { frameBytes: mtuBytes + 14, virtioHeader: false, checksumOffload: false },
    },
    payloadWork: { kind: 'checksum' },
    idle: { kind: 'none' },
    slotCount: random.chance(0.3) ? 16 : 256,
    digestStride: 16,
    machine: {
      ...(identities[side] as (typeof identities)[0]),
      prefixLength: 24,
      gateway: 0,
      mtuBytes,
      connectionCount: 16,
      timeWaitCount: 16,
      listenerCount: 4,
      datagramSocketCount: 4,
      segmentCount: 256,
      sendBufferBytes: 16_384,
      receiveBufferBytes: 16_384,
      congestionControl: 'cubic',
      minimumRtoMicros: 200_000,
      delayedAckMicros: 40_000,
      reorderingFloorMicros: 5000,
      // Longer than a FIN's retransmissions are apart: a shorter one answers them with a reset.
      timeWaitMicros: 60_000_000,
      secret: [0x0d03, 0x17e5],
    },
  }
}
