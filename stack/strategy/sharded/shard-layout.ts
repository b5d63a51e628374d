/**
 * What a sharded stack has besides the common structures: everything once a worker, so that workers share nothing but
 * the device, the role of reading it, and who reads it best.
 *
 *   preference   who reads best (see `preference.ts`)
 *   awake        one word a worker, each on a line: 0 while it sleeps      that worker
 *
 * Connections: worker w's have indices w × connections … (w + 1) × connections - 1 where the application sees them.
 */

import { initialiseMailbox, type MailboxLayout, planMailbox } from '../../dominoes/channel/mailbox.ts'
import { initialiseOutbox, type OutboxLayout, planOutbox } from '../../dominoes/channel/outbox.ts'
import { type CountersLayout, planCounters } from '../../dominoes/memory/counters.ts'
import { lineBytes, type Region, type RegionPlan } from '../../dominoes/memory/region.ts'
import { planSignal } from '../../dominoes/memory/signal.ts'
import type { HashKey } from '../../protocol/keyed-hash.ts'
import { planStack, type StackLayout } from '../layout/stack-layout.ts'
import { workerCount } from '../layout/worker-count.ts'
import type { StackParameters } from '../options.ts'
import { planPreference } from './preference.ts'

export interface ShardLayout {
  /** Requests of the application. */
  readonly posted: MailboxLayout
  /** Slots that a reader hands over. */
  readonly handed: MailboxLayout
  readonly outbox: OutboxLayout
  /** Where the worker sleeps when it has nothing to do, and when the application is behind with upcalls. */
  readonly newsWord: number
  readonly roomWord: number
  readonly awakeWord: number
}

export interface ShardedLayout extends StackLayout {
  readonly shards: readonly ShardLayout[]
  readonly preferenceWord: number
  /** Connections of one shard. */
  readonly connections: number
  readonly slotsPerShard: number
  /** Keys the hash that says whose a connection is. */
  readonly secret: HashKey
  readonly shardCounters: CountersLayout
}

const postedCount = 256
const outboxCount = 8192
const leastSlots = 64
const leastConnections = 16

/**
 * More than the fair share, since hashing does not share out evenly: eight standard deviations more, and at
 * most twice the fair share. The standard deviation of a shard's connections is below the root of its fair
 * share.
 */
function connectionsPerShard(connectionCount: number, shards: number): number {
  const fair = Math.ceil(connectionCount / shards)
  const share = Math.max(leastConnections, Math.min(2 * fair, fair + 8 * Math.ceil(Math.sqrt(fair))))
  return Math.min(connectionCount, share, Math.floor(0xffff / shards))
}

export function planShards(parameters: StackParameters): ShardedLayout {
  const threads = workerCount(parameters.strategy)
  const connections = connectionsPerShard(parameters.machine.connectionCount, threads)
  const slotCount = Math.max(parameters.slotCount, leastSlots * powerOfTwoFrom(threads))
  const shape = { threads, connections: connections * threads, slotCount }
  return planStack(parameters, shape, (plan) => ({
    shards: Array.from({ length: threads }, () => planShard(plan, slotCount)),
    preferenceWord: planPreference(plan),
    connections,
    slotsPerShard: Math.floor(slotCount / threads),
    secret: parameters.machine.secret,
    shardCounters: planCounters(plan, threads),
  }))
}

/** A mailbox for hand-overs has as many records as there are slots, so there is always room. */
function planShard(plan: RegionPlan, slotCount: number): ShardLayout {
  return {
    posted: planMailbox(plan, postedCount),
    handed: planMailbox(plan, slotCount),
    outbox: planOutbox(plan, outboxCount),
    newsWord: planSignal(plan),
    roomWord: planSignal(plan),
    awakeWord: plan.reserve(lineBytes) / 4,
  }
}

export function initialiseShards(region: Region, layout: ShardedLayout): void {
  for (const shard of layout.shards) {
    initialiseMailbox(region, shard.posted, 0)
    initialiseMailbox(region, shard.handed, 0)
    initialiseOutbox(region, shard.outbox, 0)
    region.words[shard.awakeWord] = 1
  }
}

function powerOfTwoFrom(least: number): number {
  return 2 ** Math.ceil(Math.log2(least))
}
