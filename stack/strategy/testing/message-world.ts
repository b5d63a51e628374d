/**
 * Two simulated hosts, one of which sends messages to the other through a composite protocol, in virtual time; everything
 * follows from the seed. Problems are what the microprotocols promise and did not keep, and states that differ.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import type { PayloadWorkKind } from '../../payload/payload-work.ts'
import type { MicroprotocolName } from '../../protocol/ctp/composition.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { HostWorld } from '../../sim/hosts/world.ts'
import { drawCosts, openPair } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StrategyOption } from '../options.ts'
import { MessageApplication } from './message-application.ts'

const limitMicros = 120e6
const beatMicros = 500
const ports = [1000, 2000] as const

export interface MessagePlan {
  readonly seed: number
  readonly strategies: readonly [StrategyOption, StrategyOption]
  readonly microprotocols: readonly MicroprotocolName[]
  readonly count: number
  /** Each way. */
  readonly link?: Partial<LinkParameters>
  readonly payloadWork?: PayloadWorkKind
}

export interface MessageOutcome {
  readonly problems: readonly string[]
  /** Numbers in the order in which they arrived. */
  readonly received: readonly number[]
  readonly again: number
  /** Given up by the receiver: what came later had arrived. */
  readonly missing: number
  readonly duplicates: number
  readonly digestsCompared: number
}

export function sendMessages(plan: MessagePlan): MessageOutcome {
  const { seed, strategies, microprotocols, count, link = {}, payloadWork = 'checksum' } = plan
  const random = new Random(seed)
  const clock = new SimulatedClock()
  const applications = [
    new MessageApplication(count, random.next()),
    new MessageApplication(0, random.next()),
  ] as const
  const way = { ...perfectLink, delayMicros: 10 + random.below(500), ...link }
  const side = (index: 0 | 1) => ({
    parameters: simulatedParameters(strategies[index], index, { payloadWork: { kind: payloadWork } }),
    application: applications[index],
    datagramHandler: applications[index],
    clockOrigin: random.next(),
    costs: drawCosts(random),
    seed: random.next(),
  })
  const pair = openPair({ clock, seed, links: [way, way], sides: [side(0), side(1)] })
  const { hosts } = pair
  // As in `datagram-world.ts`: an action takes time that nobody announces.
  const beat = {
    nextEventMicros: () => Math.min(pair.link.nextEventMicros(), clock.nowMicros() + beatMicros),
  }
  const world = new HostWorld(clock, hosts, beat)
  for (const index of [1, 0] as const) {
    const peer = { address: mapIpv4(addresses[1 - index] as number), port: ports[1 - index] as number }
    applications[index].open(hosts[index].endpoint, ports[index], peer, microprotocols)
    world.run(() => applications[index].isBound, limitMicros)
  }
  const { received } = applications[1]
  const isReliable = microprotocols.includes('reliability')
  const isOver = () => applications[0].isDone && (!isReliable || received.length >= count)
  world.run(isOver, limitMicros)
  world.settle(1e6)
  const { problems: differences, ...finished } = world.finish()
  const problems = [...applications.flatMap(({ problems: found }) => found), ...differences]
  if (!applications[0].isDone) problems.push(`did not end in time: ${applications[0].sent} of ${count} sent`)
  problems.push(...broken(microprotocols, received, count))
  return {
    problems,
    received,
    again: hosts[0].protocolCounter('messagesAgain'),
    missing: hosts[1].protocolCounter('messagesMissing'),
    duplicates: hosts[1].protocolCounter('messagesDuplicate'),
    digestsCompared: finished.digestsCompared,
  }
}

/** What microprotocols promise. */
function broken(names: readonly MicroprotocolName[], received: readonly number[], count: number): string[] {
  const problems: string[] = []
  const distinct = new Set(received).size
  if (received.some((number) => number >= count)) problems.push('a message arrived that was not sent')
  if (names.includes('numbering') && distinct !== received.length) problems.push('a message arrived twice')
  if (
    names.includes('ordering') &&
    received.some((number, k) => k > 0 && number < (received[k - 1] as number))
  ) {
    problems.push('messages arrived in another order')
  }
  if (names.includes('reliability') && distinct !== count) {
    problems.push(`${distinct} of ${count} messages arrived`)
  }
  return problems
}
