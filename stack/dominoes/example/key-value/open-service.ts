/** Puts one replica of the service together: what its worker thread does, and a simulation for each of several. */
import {
  Channel,
  type IdleOptions,
  Mailbox,
  OutboxWriter,
  openRegion,
  openReplica,
  type Replica,
  Signal,
} from '../../index.ts'
import { KeyValueDomain } from './domain.ts'
import type { Service } from './service-layout.ts'
import { KeyValueSource } from './source.ts'

/** What a replica's worker thread is given. */
export interface ReplicaTask {
  readonly service: Service
  readonly id: number
  readonly idle: IdleOptions
}

export interface OpenReplica {
  readonly replica: Replica
  readonly domain: KeyValueDomain
}

/**
 * `nowMicros` is the same clock on all threads. One replica alone has no other to be compared with: a witness applies
 * part of its requests a second time, one stride between digests in `witnessPeriod`.
 */
export function openServiceReplica(
  { buffer, layout }: Service,
  id: number,
  nowMicros: () => number,
  witnessPeriod = 32,
): OpenReplica {
  const region = openRegion(buffer)
  const { framework } = layout
  const channel = new Channel(region, framework.channel, id)
  const outboxes = framework.outboxes.map((each) => new OutboxWriter(region, each))
  const domain = new KeyValueDomain({ region, layout, outboxes })
  const source = new KeyValueSource({
    region,
    channel,
    domain,
    mailboxes: framework.mailboxes.map((each) => new Mailbox(region, each)),
    doorbell: new Signal(region, framework.doorbellWord),
    nowMicros,
  })
  const parts = { id, domain, source, channel, nowMicros }
  if (layout.replicas > 1) return { replica: openReplica(region, framework, parts), domain }
  const second = new KeyValueDomain({ region, layout, outboxes })
  const witness = { domain: second, state: second.store.state, period: witnessPeriod }
  return { replica: openReplica(region, framework, { ...parts, witness }), domain }
}
