/**
 * Two simulated hosts, one of which sends datagrams that the other one sends back, in virtual time; everything follows
 * from the seed. Each datagram has its number and bytes that follow from it, so that whatever arrives is compared.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import { SimHost } from '../../sim/hosts/sim-host.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { runWorld, settleWorld } from '../../sim/hosts/world.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StackParameters, StrategyOption } from '../options.ts'
import { strategyOf } from '../strategies.ts'
import { parametersOf } from './compliance-world.ts'
import { DatagramApplication } from './datagram-application.ts'

const mtuBytes = 1500
const limitMicros = 30e6
const beatMicros = 500
const echoPort = 7
const addresses = [0x0a000001, 0x0a000002] as const

export interface DatagramOutcome {
  /** Empty if all that arrived was what had been sent, and every datagram is accounted for. */
  readonly problems: readonly string[]
  /** Datagrams that came back. */
  readonly returned: number
  /** Datagrams that a host dropped: its receive buffer was full, or too many waited for the hardware address. */
  readonly dropped: number
}

/** `link`: each way. */
export function echoDatagrams(
  seed: number,
  strategies: readonly [StrategyOption, StrategyOption],
  count: number,
  link: Partial<LinkParameters> = {},
): DatagramOutcome {
  const random = new Random(seed)
  const clock = new SimulatedClock()
  const parameters = strategies.map((strategy, side) => parametersOf(strategy, side, random))
  const layouts = parameters.map((each) => strategyOf(each).plan(each))
  const regions = layouts.map(({ sizeBytes }) => openRegion(new SharedArrayBuffer(sizeBytes)))
  const direction = { ...perfectLink, delayMicros: 10 + random.below(500), ...link }
  const wire = new SimulatedLink(
    { clock, seed, mtuBytes, forward: direction, backward: direction },
    regions[0] as (typeof regions)[0],
    regions[1] as (typeof regions)[0],
  )
  const applications = [
    new DatagramApplication(count, { address: mapIpv4(addresses[1]), port: echoPort }, random.next()),
    new DatagramApplication(0, undefined, random.next()),
  ] as const
  const hosts = applications.map(
    (application, side) =>
      new SimHost({
        clock,
        clockOrigin: random.next(),
        parameters: parameters[side] as StackParameters,
        layout: layouts[side] as (typeof layouts)[0],
        region: regions[side] as (typeof regions)[0],
        device: side === 0 ? wire.near : wire.far,
        application,
        datagramHandler: application,
        costs: {
          roundMicros: 1 + random.below(20),
          actionMicros: 1 + random.below(50),
          preemption: 0.002,
          preemptionMicros: 3000,
        },
        seed: random.next(),
      }),
  ) as [SimHost, SimHost]
  applications[1].open(hosts[1].endpoint, echoPort)
  // Nothing here runs under a timer, so time goes on by itself: an action takes time that nobody announces.
  const beat = { nextEventMicros: () => Math.min(wire.nextEventMicros(), clock.nowMicros() + beatMicros) }
  const world = { clock, hosts, wire: beat }
  runWorld(world, () => applications[1].isBound, limitMicros)
  applications[0].open(hosts[0].endpoint, 0)
  runWorld(world, () => applications[0].isDone, limitMicros)
  settleWorld(world, 1e6)
  const divergences = hosts[0].finish().divergences + hosts[1].finish().divergences
  const problems = applications.flatMap(({ problems: found }) => found)
  if (divergences > 0) problems.push(`${divergences} digests differed`)
  if (!applications[0].isDone) problems.push('did not end in time')
  const countOf = (name: 'datagramsDropped' | 'datagramsUnsent') =>
    hosts[0].protocolCounter(name) + hosts[1].protocolCounter(name)
  const dropped = countOf('datagramsDropped') + countOf('datagramsUnsent')
  const isPerfect = Object.keys(link).length === 0
  if (isPerfect && applications[0].received + dropped !== count) {
    problems.push(`${count} sent, ${applications[0].received} came back, ${dropped} dropped`)
  }
  return { problems, returned: applications[0].received, dropped }
}
