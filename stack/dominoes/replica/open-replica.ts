/** Puts a replica together over a planned region: what a worker thread does first. */

import { DigestWriter, witnessTableOf } from '../audit/digest-board.ts'
import { Witness, type WitnessParts } from '../audit/witness.ts'
import type { Channel } from '../channel/channel.ts'
import { ClaimBoard } from '../claims/claim-board.ts'
import type { ClaimPolicy } from '../claims/claim-policy.ts'
import type { Domain, Source } from '../contract/domain.ts'
import { Orders } from '../membership/orders.ts'
import { Counters } from '../memory/counters.ts'
import type { Region } from '../memory/region.ts'
import type { FrameworkLayout } from './framework-layout.ts'
import { Replica } from './replica.ts'
import { CheckNote } from './request-checker.ts'

export interface OpenReplicaParts {
  readonly id: number
  readonly domain: Domain
  readonly source?: Source
  readonly nowMicros: () => number
  /** This thread's own, made with this id; the one that the source publishes to. */
  readonly channel: Channel
  /** Default: the shared claim board. */
  readonly claims?: ClaimPolicy
  readonly batch?: number
  readonly checkAhead?: number
  /** Makes this replica the one that is witnessed; there is one witness to a region at most. */
  readonly witness?: WitnessParts
  /** The state buffer of any replica. With it, replicas may come and go: the domain's action queue is in the region. */
  readonly stateOf?: (replica: number) => Int32Array
}

export function openReplica(region: Region, layout: FrameworkLayout, parts: OpenReplicaParts): Replica {
  const { witness, stateOf, ...others } = parts
  const { digests } = layout
  // Without digest marks the witness would follow its replica from the start to the end.
  const isWitnessed = witness !== undefined && digests.stride > 0
  const witnessTable = new DigestWriter(region, digests, witnessTableOf(digests))
  return new Replica({
    ...others,
    ...(stateOf === undefined ? {} : joinable(region, layout, parts, stateOf)),
    ...(isWitnessed ? { witness: new Witness(witness, parts.domain, witnessTable) } : {}),
    claims: parts.claims ?? new ClaimBoard(region, layout.claims),
    counters: new Counters(region, layout.counters, parts.id),
    digests: new DigestWriter(region, layout.digests, parts.id),
  })
}

function joinable(
  region: Region,
  layout: FrameworkLayout,
  parts: OpenReplicaParts,
  stateOf: (replica: number) => Int32Array,
) {
  const { id, channel, domain } = parts
  const { membership, digests } = layout
  return {
    checkNote: new CheckNote(region, membership, id),
    orders: new Orders({ region, membership, digests, id, channel, domain, stateOf }),
  }
}
