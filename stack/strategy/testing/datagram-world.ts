/**
 * Two simulated hosts, one of which sends datagrams that the other one sends back, in virtual time; everything follows
 * from the seed. Each datagram has its number and bytes that follow from it, so that whatever arrives is compared.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { HostWorld } from '../../sim/hosts/world.ts'
import { drawCosts, openPair } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StrategyOption } from '../options.ts'
import { DatagramApplication } from './datagram-application.ts'

const limitMicros = 30e6
const beatMicros = 500
const echoPort = 7

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
  const applications = [
    new DatagramApplication(count, { address: mapIpv4(addresses[1]), port: echoPort }, random.next()),
    new DatagramApplication(0, undefined, random.next()),
  ] as const
  const way = { ...perfectLink, delayMicros: 10 + random.below(500), ...link }
  const side = (index: 0 | 1) => ({
    parameters: simulatedParameters(strategies[index], index),
    application: applications[index],
    datagramHandler: applications[index],
    clockOrigin: random.next(),
    costs: drawCosts(random),
    seed: random.next(),
  })
  const pair = openPair({ clock, seed, links: [way, way], sides: [side(0), side(1)] })
  const { hosts } = pair
  // Nothing here runs under a timer, so time goes on by itself: an action takes time that nobody announces.
  const beat = {
    nextEventMicros: () => Math.min(pair.link.nextEventMicros(), clock.nowMicros() + beatMicros),
  }
  const world = new HostWorld(clock, hosts, beat)
  applications[1].open(hosts[1].endpoint, echoPort)
  world.run(() => applications[1].isBound, limitMicros)
  applications[0].open(hosts[0].endpoint, 0)
  world.run(() => applications[0].isDone, limitMicros)
  world.settle(1e6)
  const problems = [...applications.flatMap(({ problems: found }) => found), ...world.finish().problems]
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
