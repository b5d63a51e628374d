/**
 * One seeded simulation: two hosts, each with replicas of its own number, exchange streams over a link that loses,
 * reorders and duplicates. Everything follows from the seed: sizes, impairments, costs, preemptions, where clocks and
 * sequence numbers start.
 */

import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { PayloadWorkKind } from '../../payload/payload-work.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import { BulkApplication } from './bulk-application.ts'
import type { Death } from './deaths.ts'
import { SimHost } from './sim-host.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { runWorld, settleWorld, type World } from './world.ts'

export interface TransferOutcome {
  /** Empty if every byte arrived, both ends closed in order, and no digests differed. */
  readonly problems: readonly string[]
  readonly virtualMicros: number
  readonly bytes: number
  readonly digestsCompared: number
  readonly divergences: number
  readonly framesLost: number
  readonly retransmits: number
  /** Segments that the two hosts received beyond what they expected next. */
  readonly outOfOrder: number
}

const port = 4000
const mtuBytes = 1500
/** A transfer of this size on such a link takes seconds; with every timer backed off, minutes. */
const limitMicros = 900e6

const client = { address: 0x0a000001, etherHigh: 0x0200, etherLow: 1 }
const server = { address: 0x0a000002, etherHigh: 0x0200, etherLow: 2 }

/** Of both hosts, in place of what the seed would choose or what is usual. */
export type Overrides = Partial<Pick<StackParameters, 'verification' | 'slotCount' | 'digestStride'>>

/**
 * `strategies`: of the connecting and of the accepting host. `recordPath`: where the former's channel is recorded;
 * `deaths`: of the replicas of each.
 */
export function simulateTransfer(
  seed: number,
  strategies: readonly [StrategyOption, StrategyOption],
  impaired = true,
  overrides: Overrides = {},
  recordPath?: string,
  deaths?: readonly [readonly Death[], readonly Death[]],
): TransferOutcome {
  const draw = new Draw(seed)
  const clock = new SimulatedClock()
  const sizes = [draw.size(), draw.size()] as const
  const streamSeeds = [draw.integer(2 ** 31), draw.integer(2 ** 31)] as const
  const applications = [
    new BulkApplication({
      sendBytes: sizes[0],
      receiveBytes: sizes[1],
      sendSeed: streamSeeds[0],
      receiveSeed: streamSeeds[1],
      seed: draw.integer(2 ** 31),
    }),
    new BulkApplication({
      sendBytes: sizes[1],
      receiveBytes: sizes[0],
      sendSeed: streamSeeds[1],
      receiveSeed: streamSeeds[0],
      seed: draw.integer(2 ** 31),
    }),
  ] as const
  const payloadWork: PayloadWorkKind = draw.chance(0.1) ? 'cipher' : 'checksum'
  const parameters = [
    {
      ...parametersOf(strategies[0], client, payloadWork, draw),
      ...overrides,
      ...(recordPath === undefined ? {} : { recordPath }),
    },
    { ...parametersOf(strategies[1], server, payloadWork, draw), ...overrides },
  ] as const
  const layouts = [
    strategyOf(parameters[0]).plan(parameters[0]),
    strategyOf(parameters[1]).plan(parameters[1]),
  ] as const
  const regions = [
    openRegion(new SharedArrayBuffer(layouts[0].sizeBytes)),
    openRegion(new SharedArrayBuffer(layouts[1].sizeBytes)),
  ] as const
  const link = new SimulatedLink(
    { clock, seed, mtuBytes, forward: draw.link(impaired), backward: draw.link(impaired) },
    regions[0],
    regions[1],
  )
  const host = (side: 0 | 1) =>
    new SimHost({
      clock,
      // Near the wrap of 32-bit time, often enough to cross it.
      clockOrigin: draw.chance(0.3) ? 2 ** 31 - draw.integer(5e6) : draw.integer(2 ** 32),
      parameters: parameters[side],
      layout: layouts[side],
      region: regions[side],
      device: side === 0 ? link.near : link.far,
      application: applications[side],
      costs: draw.costs(),
      seed: draw.integer(2 ** 31),
      ...(deaths === undefined ? {} : { deaths: deaths[side] }),
    })
  const hosts = [host(0), host(1)] as const
  const world: World = { clock, hosts, wire: link }
  applications[1].listen(hosts[1].endpoint, port)
  applications[0].connect(hosts[0].endpoint, server.address, port)

  const done = () => {
    for (const each of hosts) each.audit()
    return (
      applications.every((each) => each.isDone) || applications.some((each) => each.failure !== undefined)
    )
  }
  const finished = runWorld(world, done, limitMicros)
  const virtualMicros = clock.nowMicros()
  settleWorld(world, 3e6)

  const audits = [hosts[0].finish(), hosts[1].finish()] as const
  const divergences = audits[0].divergences + audits[1].divergences
  const problems = applications.flatMap((each) => (each.failure === undefined ? [] : [each.failure]))
  if (!finished && problems.length === 0) problems.push('did not end in time')
  if (divergences > 0)
    problems.push(`${divergences} digests differed: ${JSON.stringify(audits.map((a) => a.firstDivergence))}`)
  return {
    problems,
    virtualMicros,
    bytes: sizes[0] + sizes[1],
    digestsCompared: audits[0].digestsCompared + audits[1].digestsCompared,
    divergences,
    framesLost: link.forward.counters.lost + link.backward.counters.lost,
    retransmits: hosts[0].protocolCounter('retransmits') + hosts[1].protocolCounter('retransmits'),
    outOfOrder: hosts[0].protocolCounter('outOfOrderIn') + hosts[1].protocolCounter('outOfOrderIn'),
  }
}

function parametersOf(
  strategy: StrategyOption,
  identity: Pick<MachineConfig, 'address' | 'etherHigh' | 'etherLow'>,
  payloadWork: PayloadWorkKind,
  draw: Draw,
): StackParameters {
  return {
    strategy,
    device: {
      kind: 'tap',
      name: 'simulated',
      descriptor: -1,
      capabilities: { frameBytes: mtuBytes + 14, virtioHeader: false, checksumOffload: false },
    },
    payloadWork: { kind: payloadWork },
    idle: { kind: 'none' },
    slotCount: draw.chance(0.2) ? 16 : 256,
    digestStride: 16,
    machine: {
      ...identity,
      prefixLength: 24,
      gateway: 0,
      mtuBytes,
      connectionCount: 4,
      timeWaitCount: 8,
      listenerCount: 4,
      datagramSocketCount: 4,
      segmentCount: 256,
      sendBufferBytes: draw.chance(0.3) ? 16_384 : 131_072,
      receiveBufferBytes: draw.chance(0.3) ? 16_384 : 131_072,
      congestionControl: draw.chance(0.5) ? 'cubic' : 'newreno',
      minimumRtoMicros: 200_000,
      delayedAckMicros: 40_000,
      reorderingFloorMicros: draw.chance(0.5) ? 5000 : 1000,
      // Longer than a FIN's retransmissions are apart: a shorter one answers them with a reset.
      timeWaitMicros: 60_000_000,
      secret: [0x0d03, 0x17e5],
    },
  }
}

/** Draws everything about a simulation from its seed. */
class Draw {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  integer(limit: number): number {
    return Math.floor(this.#uniform() * limit)
  }

  chance(probability: number): boolean {
    return this.#uniform() < probability
  }

  /** Mostly tens of kilobytes; sometimes nothing, sometimes a few hundred. */
  size(): number {
    if (this.chance(0.1)) return 0
    return this.integer(this.chance(0.15) ? 400_000 : 60_000)
  }

  link(impaired: boolean): LinkParameters {
    const base = { ...perfectLink, delayMicros: 10 + this.integer(this.chance(0.5) ? 200 : 20_000) }
    if (!impaired) return base
    return {
      ...base,
      rateBitsPerSecond: this.chance(0.5) ? Number.POSITIVE_INFINITY : 1e6 + this.integer(200e6),
      queueBytes: this.chance(0.3) ? 30_000 + this.integer(200_000) : Number.POSITIVE_INFINITY,
      jitterMicros: this.chance(0.5) ? 0 : this.integer(2000),
      lossProbability: this.chance(0.3) ? 0 : this.#uniform() * 0.08,
      duplicationProbability: this.chance(0.5) ? 0 : this.#uniform() * 0.05,
      reorderProbability: this.chance(0.5) ? 0 : this.#uniform() * 0.1,
      reorderDelayMicros: 100 + this.integer(10_000),
    }
  }

  costs() {
    return {
      roundMicros: 1 + this.integer(20),
      actionMicros: this.chance(0.5) ? 2 : 1 + this.integer(100),
      preemption: this.chance(0.5) ? 0 : 0.002,
      preemptionMicros: 3000,
    }
  }

  #uniform(): number {
    return (this.#random.next() >>> 0) / 2 ** 32
  }
}
