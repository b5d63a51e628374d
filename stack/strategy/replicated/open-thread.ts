import { Channel } from '../../dominoes/channel/channel.ts'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { queueStorage } from '../../dominoes/membership/membership-layout.ts'
import { type OpenReplicaParts, openReplica } from '../../dominoes/replica/open-replica.ts'
import type { Replica } from '../../dominoes/replica/replica.ts'
import { replicationFactors } from '../factors.ts'
import { actionCapacity, stateOf } from '../layout/stack-layout.ts'
import type { NetworkDomain } from '../parts/network-domain.ts'
import { openDomain, openSource, wrapped } from '../parts/open-parts.ts'
import { openWitness } from '../parts/witness-machine.ts'
import type { ThreadParts } from '../strategy.ts'
import type { ReplicatedLayout } from './layout.ts'
import { claimedTogether, openClaims } from './open-claims.ts'
import { openOrdered } from './ordered/open-ordered.ts'
import { openPoster } from './reader/open-poster.ts'

/** A replica's thread: the framework's loop over the network domain, with what the strategy's factors ask for. */
export interface ReplicaThread {
  readonly replica: Replica
  readonly domain: NetworkDomain
}

export function openReplicaThread(parts: ThreadParts): ReplicaThread {
  const { region, layout, parameters, thread, clock } = parts
  const channel = parts.channel ?? new Channel(region, layout.framework.channel, thread)
  const { ordered, reader } = layout as ReplicatedLayout
  const transmitter = ordered === undefined ? {} : { transmitter: openOrdered(parts, ordered, channel) }
  const { membership } = layout.framework
  const queue =
    membership.actionCapacity === 0
      ? {}
      : { actions: new ActionQueue(actionCapacity, queueStorage(region, membership, thread)) }
  const factors = replicationFactors(parameters.strategy)
  const domain = openDomain(parts, { ...transmitter, ...queue, claimedTogether: claimedTogether(factors) })
  const nowMicros = () => clock.nowMicros()
  const replica: OpenReplicaParts = {
    id: thread,
    ...(reader === undefined
      ? { domain: wrapped(parts, domain), source: openSource(parts, channel, domain, { current: domain }) }
      : { domain: openPoster(parts, reader, wrapped(parts, domain), channel) }),
    nowMicros,
    channel,
    claims: openClaims(region, layout, channel, thread, factors),
    checkAhead: factors.checkAhead,
    ...(membership.actionCapacity > 0
      ? { stateOf: (replica: number) => stateOf(region, layout, replica) }
      : {}),
    ...(layout.isWitnessed && thread === 0
      ? { witness: openWitness(region, layout, parameters.machine) }
      : {}),
  }
  return { replica: openReplica(region, layout.framework, parts.wrapReplica?.(replica) ?? replica), domain }
}
