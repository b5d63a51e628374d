/**
 * Puts one thread's part of a stack together over the planned region: device, source and domain, and the loop that
 * the strategy has. The simulator does the same with a simulated device and a virtual clock.
 */
import { Random } from '../device/random.ts'
import { ActionQueue } from '../dominoes/action-queue.ts'
import { Channel } from '../dominoes/channel.ts'
import { Counters } from '../dominoes/counters.ts'
import type { Domain } from '../dominoes/domain.ts'
import { Mailbox } from '../dominoes/mailbox.ts'
import type { MailboxLayout } from '../dominoes/mailbox-layout.ts'
import { queueStorage } from '../dominoes/membership-layout.ts'
import { type OpenReplicaParts, openReplica } from '../dominoes/open-replica.ts'
import { OutboxWriter } from '../dominoes/outbox.ts'
import type { Replica } from '../dominoes/replica.ts'
import { Signal } from '../dominoes/signal.ts'
import { createPayloadWork } from '../payload/payload-work.ts'
import { claimedTogether, openClaims } from './claims.ts'
import { replicationFactors, resolveVerification } from './factors.ts'
import { LocalSlots } from './local-slots.ts'
import { NetworkDomain, type NetworkDomainParts } from './network-domain.ts'
import { NetworkSource, type RequestSink } from './network-source.ts'
import { openOrdered } from './open-ordered.ts'
import { openPoster } from './open-poster.ts'
import { Reassembler, type ReassemblerParts } from './reassembly/reassembler.ts'
import type { ReplicatedLayout } from './replicated-layout.ts'
import { Sequential } from './sequential.ts'
import { actionCapacity, stateOf } from './stack-layout.ts'
import type { ThreadParts } from './strategy.ts'
import { threadCountersAt } from './thread-counters.ts'
import { openWitness } from './witness-machine.ts'

/** Most frames that one poll reads: bounds how long the producer role is held. */
const pollBatch = 32

export type { ThreadParts } from './strategy.ts'

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
      ? { domain: wrapped(parts, domain), source: openSource(parts, channel, domain) }
      : { domain: openPoster(parts, reader, wrapped(parts, domain), channel) }),
    nowMicros,
    channel,
    claims: openClaims(region, layout, channel, thread, factors),
    ...(membership.actionCapacity > 0
      ? { stateOf: (replica: number) => stateOf(region, layout, replica) }
      : {}),
    ...(layout.isWitnessed && thread === 0
      ? { witness: openWitness(region, layout, parameters.machine) }
      : {}),
  }
  return { replica: openReplica(region, layout.framework, parts.wrapReplica?.(replica) ?? replica), domain }
}

export function wrapped(parts: ThreadParts, domain: NetworkDomain): Domain {
  return parts.wrapDomain?.(domain) ?? domain
}

/** A thread's domain over its own state and the common structures, but for what is said to be otherwise. */
export function openDomain(parts: ThreadParts, otherwise: Partial<NetworkDomainParts> = {}): NetworkDomain {
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
    ...otherwise,
  })
}

/** `batch`: most frames that one poll reads; `domain` knows the next timer. */
export function openSource(
  parts: ThreadParts,
  sink: RequestSink,
  domain: Pick<Domain, 'microsUntilDeadline'>,
  batch = pollBatch,
): NetworkSource {
  const { region, layout, parameters, thread } = parts
  return new NetworkSource({
    region,
    sink,
    device: parts.device,
    reassembler: openReassembler(parts, (index) => sink.hasPassed(index)),
    mailbox: new Mailbox(region, layout.framework.mailboxes[0] as MailboxLayout),
    doorbell: new Signal(region, layout.framework.doorbellWord),
    clock: parts.clock,
    random: new Random(parts.seed),
    batch,
    countersAt: threadCountersAt(layout.countersWord, thread),
    verifies: parameters.verification === 'before',
    microsUntilDeadline: (now) => domain.microsUntilDeadline(now),
  })
}

/** `hasPassed`: see `ReassemblerParts`. */
export function openReassembler(parts: ThreadParts, hasPassed: ReassemblerParts['hasPassed']): Reassembler {
  const { region, layout, parameters, thread } = parts
  return new Reassembler({
    region,
    layout: layout.datagrams,
    config: parameters.machine,
    countersAt: threadCountersAt(layout.countersWord, thread),
    hasPassed,
  })
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** Sleeps on this thread, whatever happens meanwhile. */
export function sleepFor(micros: number): void {
  Atomics.wait(nothing, 0, 0, micros / 1000)
}
