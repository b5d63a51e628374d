/**
 * Everything that the replicas of one domain share, planned in one go. The layout holds numbers only, so it crosses to
 * worker threads beside the SharedArrayBuffer:
 *
 *     const plan = new RegionPlan()
 *     const layout = planFramework(plan, { replicas: 2, slotCount: 256, slotBytes: 2048, ... })
 *     const region = plan.allocate()
 *     initialiseFramework(region, layout)
 *     new Worker(url, { workerData: { buffer: region.buffer, layout, id } })
 *
 * Planned and initialised by one thread, before any other starts.
 */

import { type DigestLayout, initialiseDigests, planDigests } from '../audit/digest-board.ts'
import { type ChannelLayout, initialiseChannel, planChannel } from '../channel/channel-layout.ts'
import { initialiseMailbox, type MailboxLayout, planMailbox } from '../channel/mailbox.ts'
import { initialiseOutbox, type OutboxLayout, planOutbox } from '../channel/outbox.ts'
import { type ClaimLayout, initialiseClaims, planClaims } from '../claims/claim-board.ts'
import { type MembershipLayout, planMembership } from '../membership/membership-layout.ts'
import { type CountersLayout, planCounters } from '../memory/counters.ts'
import type { Region, RegionPlan } from '../memory/region.ts'
import { planSignal } from '../memory/signal.ts'

export interface FrameworkOptions {
  readonly replicas: number
  /** Consumers that read the channel and are no replicas, such as a recorder. Default 0. */
  readonly observers?: number
  /** Slots in the ring; a power of two. */
  readonly slotCount: number
  /** `slotBytesForFrames`, `slotBytesForSuperFrames`, or another multiple of 128 from 512. */
  readonly slotBytes: number
  /** Records in the outbox; a power of two. */
  readonly outboxCount: number
  /** The same for the outboxes of further applications, if there are several. Default none. */
  readonly furtherOutboxes?: readonly number[]
  /** Records of each mailbox from an application; powers of two. */
  readonly mailboxes: readonly number[]
  /** Entries of the claim board; a power of two. */
  readonly claimCount: number
  /** Digests kept per replica until the auditor has compared them; a power of two. */
  readonly digestEntries: number
  /** Requests from one digest to the next; a power of two, at least 2. 0: final digests only. Default 0. */
  readonly digestStride?: number
  /**
   * Actions in each replica's queue, if the queues are to lie in the region, so that replicas may be killed.
   * Default 0.
   */
  readonly actionCapacity?: number
}

export interface FrameworkLayout {
  readonly channel: ChannelLayout
  readonly claims: ClaimLayout
  readonly mailboxes: readonly MailboxLayout[]
  /** Word offset of the signal on which a source announces that it sleeps; applications notify it after posting. */
  readonly doorbellWord: number
  readonly outbox: OutboxLayout
  /** All of them, `outbox` first. */
  readonly outboxes: readonly OutboxLayout[]
  readonly digests: DigestLayout
  readonly counters: CountersLayout
  readonly membership: MembershipLayout
}

/** Where numbering starts; tests start near the wrap. All default to 0. */
export interface FrameworkStart {
  /** Channel index of the first request. */
  readonly index?: number
  /** Number of the domain's first action. */
  readonly action?: number
  /** Number of the domain's first record in every outbox. */
  readonly outbox?: number
  /** What the clock shows now, microseconds: no request's time is before it. */
  readonly time?: number
}

export function planFramework(plan: RegionPlan, options: FrameworkOptions): FrameworkLayout {
  const { replicas, mailboxes, furtherOutboxes = [], digestStride = 0 } = options
  const outbox = planOutbox(plan, options.outboxCount)
  return {
    channel: planChannel(plan, options),
    claims: planClaims(plan, options.claimCount),
    mailboxes: mailboxes.map((count) => planMailbox(plan, count)),
    doorbellWord: planSignal(plan),
    outbox,
    outboxes: [outbox, ...furtherOutboxes.map((count) => planOutbox(plan, count))],
    digests: planDigests(plan, replicas, options.digestEntries, digestStride),
    counters: planCounters(plan, replicas),
    membership: planMembership(plan, replicas, options.actionCapacity ?? 0),
  }
}

/** On a region of zeroes, before any other thread uses it. */
export function initialiseFramework(
  region: Region,
  layout: FrameworkLayout,
  start: FrameworkStart = {},
): void {
  const { index = 0, action = 0, outbox = 0, time = 0 } = start
  initialiseChannel(region, layout.channel, index | 0, time | 0)
  initialiseClaims(region, layout.claims, action | 0)
  for (const each of layout.outboxes) initialiseOutbox(region, each, outbox | 0)
  initialiseDigests(region, layout.digests, index | 0)
  for (const mailbox of layout.mailboxes) initialiseMailbox(region, mailbox, 0)
}
