/** The claim policy that a stack's factors ask for, for one replica's thread. */
import type { Channel } from '../../dominoes/channel/channel.ts'
import { ChunkClaims } from '../../dominoes/claims/chunk-claims.ts'
import { ClaimBoard } from '../../dominoes/claims/claim-board.ts'
import type { ClaimPolicy } from '../../dominoes/claims/claim-policy.ts'
import { RequestClaims } from '../../dominoes/claims/request-claims.ts'
import { RotationClaims } from '../../dominoes/claims/rotation-claims.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { ReplicationFactors } from '../factors.ts'
import type { StackLayout } from '../layout/stack-layout.ts'

/** `channel` is the thread's own. */
export function openClaims(
  region: Region,
  layout: StackLayout,
  channel: Channel,
  replica: number,
  factors: ReplicationFactors,
): ClaimPolicy {
  const { claim, chunk, ownership } = factors
  if (ownership === 'rotation') {
    const unit = claim === 'request' ? { kind: claim } : { kind: claim, chunk }
    return new RotationClaims(replica, layout.replicas, unit)
  }
  if (claim === 'request') return new RequestClaims(region, channel)
  const { claims } = layout.framework
  return chunk === 1 ? new ClaimBoard(region, claims) : new ChunkClaims(region, claims, chunk)
}

/** Consecutive actions of one request that one claim covers, from a multiple of it: a power of two. */
export function claimedTogether({ claim, chunk }: ReplicationFactors): number {
  return claim === 'request' ? 2 ** 30 : chunk
}
