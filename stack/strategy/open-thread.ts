/**
 * Puts one thread's part of a stack together over the planned region: device, source and domain, and the loop that
 * the strategy has. The simulator does the same with a simulated device and a virtual clock.
 */
import type { Clock } from '../device/clock.ts'
import type { Device } from '../device/device.ts'
import { Random } from '../device/random.ts'
import { Channel } from '../dominoes/channel.ts'
import { Counters } from '../dominoes/counters.ts'
import type { Domain } from '../dominoes/domain.ts'
import { Mailbox } from '../dominoes/mailbox.ts'
import type { MailboxLayout } from '../dominoes/mailbox-layout.ts'
import { openReplica } from '../dominoes/open-replica.ts'
import { OutboxWriter } from '../dominoes/outbox.ts'
import type { Region } from '../dominoes/region.ts'
import type { Replica } from '../dominoes/replica.ts'
import { Signal } from '../dominoes/signal.ts'
import { createPayloadWork } from '../payload/payload-work.ts'
import { openClaims } from './claims.ts'
import { replicationFactors, resolveVerification } from './factors.ts'
import { LocalSlots } from './local-slots.ts'
import { NetworkDomain } from './network-domain.ts'
import { NetworkSource, type RequestSink } from './network-source.ts'
import type { StackParameters } from './options.ts'
import { Sequential } from './sequential.ts'
import { type StackLayout, stateOf } from './stack-layout.ts'
import { threadCountersAt } from './thread-counters.ts'
import { openWitness } from './witness-machine.ts'

/** Most frames that one poll reads: bounds how long the producer role is held. */
const pollBatch = 32

export interface ThreadParts {
  readonly region: Region
  readonly layout: StackLayout
  readonly parameters: StackParameters
  /** 0 … replicas - 1. */
  readonly thread: number
  /** This thread's own, over whatever the threads share. */
  readonly device: Device
  readonly clock: Clock
  readonly seed: number
  /** Puts something around the domain: the simulator, what actions cost. */
  readonly wrapDomain?: (domain: Domain) => Domain
}

/** A thread of the sequential strategy: the loop, and what its idle thread sleeps in. */
export interface SequentialThread {
  readonly loop: Sequential
  readonly domain: NetworkDomain
  readonly source: NetworkSource
}

export interface ReplicaThread {
  readonly replica: Replica
  readonly domain: NetworkDomain
}

/** `pause` is what the thread does while the application is too far behind to take an upcall. */
export function openSequentialThread(parts: ThreadParts, pause: (micros: number) => void): SequentialThread {
  const { region, layout } = parts
  const slots = new LocalSlots(region.words, layout.framework.channel, parts.clock.nowMicros())
  const domain = openDomain(parts)
  const source = openSource(parts, slots, domain)
  const counters = new Counters(region, layout.framework.counters, parts.thread)
  const loop = new Sequential(region.words, slots, wrapped(parts, domain), source, counters, pause)
  return { loop, domain, source }
}

export function openReplicaThread(parts: ThreadParts): ReplicaThread {
  const { region, layout, parameters, thread, clock } = parts
  const channel = new Channel(region, layout.framework.channel, thread)
  const domain = openDomain(parts)
  const source = openSource(parts, channel, domain)
  const nowMicros = () => clock.nowMicros()
  return {
    replica: openReplica(region, layout.framework, {
      id: thread,
      domain: wrapped(parts, domain),
      source,
      nowMicros,
      channel,
      claims: openClaims(region, layout, channel, thread, replicationFactors(parameters.strategy)),
      ...(layout.isWitnessed ? { witness: openWitness(region, layout, parameters.machine) } : {}),
    }),
    domain,
  }
}

function wrapped(parts: ThreadParts, domain: NetworkDomain): Domain {
  return parts.wrapDomain?.(domain) ?? domain
}

function openDomain(parts: ThreadParts): NetworkDomain {
  const { region, layout, parameters, thread } = parts
  const key = parameters.payloadWork.cipherKey
  return new NetworkDomain({
    region,
    state: stateOf(region, layout, thread),
    config: parameters.machine,
    verification: resolveVerification(parameters.verification),
    buffers: layout.streams,
    transmitAt: layout.transmitAt + thread * layout.transmitBytes,
    countersAt: threadCountersAt(layout.countersWord, thread),
    outbox: new OutboxWriter(region, layout.framework.outbox),
    device: parts.device,
    work: createPayloadWork(
      parameters.payloadWork.kind,
      region,
      key === undefined ? undefined : Uint8Array.from(Buffer.from(key, 'hex')),
    ),
  })
}

function openSource(parts: ThreadParts, sink: RequestSink, domain: NetworkDomain): NetworkSource {
  const { region, layout, parameters, thread } = parts
  return new NetworkSource({
    region,
    sink,
    device: parts.device,
    mailbox: new Mailbox(region, layout.framework.mailboxes[0] as MailboxLayout),
    doorbell: new Signal(region, layout.framework.doorbellWord),
    clock: parts.clock,
    random: new Random(parts.seed),
    batch: pollBatch,
    countersAt: threadCountersAt(layout.countersWord, thread),
    verifies: parameters.verification === 'before',
    microsUntilDeadline: (now) => domain.microsUntilDeadline(now),
  })
}
