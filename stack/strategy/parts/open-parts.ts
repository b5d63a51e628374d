/**
 * The parts that a thread of any strategy is made of, opened over the planned region: domain, source, reassembler. The
 * simulator opens the same with a simulated device and a virtual clock.
 */
import { Random } from '../../device/random.ts'
import type { MailboxLayout } from '../../dominoes/channel/mailbox.ts'
import { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { OutboxWriter } from '../../dominoes/channel/outbox.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import { createPayloadWork, leavesBytes } from '../../payload/payload-work.ts'
import { resolveCoalescing, resolveVerification } from '../factors.ts'
import { stateOf } from '../layout/stack-layout.ts'
import type { StreamBuffers } from '../layout/stream-buffers.ts'
import { threadCountersAt } from '../layout/thread-counters.ts'
import type { ThreadParts } from '../strategy.ts'
import { NetworkDomain, type NetworkDomainParts } from './network-domain.ts'
import { NetworkSource, type RequestSink } from './network-source.ts'
import { FrameReader } from './reading/frame-reader.ts'
import { Reassembler, type ReassemblerParts } from './reassembly/reassembler.ts'

/** Most frames that one poll reads: bounds how long the producer role is held. */
const pollBatch = 32

export function wrapped(parts: ThreadParts, domain: NetworkDomain): Domain {
  return parts.wrapDomain?.(domain) ?? domain
}

/** A thread's domain over its own state and the common structures, but for what is said to be otherwise. */
export function openDomain(parts: ThreadParts, otherwise: Partial<NetworkDomainParts> = {}): NetworkDomain {
  const { region, layout, parameters, thread } = parts
  const key = parameters.payloadWork.cipherKey
  return new NetworkDomain({
    region,
    slotBytes: layout.framework.channel.slotBytes,
    state: stateOf(region, layout, thread),
    config: parameters.machine,
    verification: resolveVerification(parameters.verification),
    buffers: layout.streams,
    datagramBuffers: layout.datagramBuffers,
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

export interface SourceOptions {
  /** Most frames that one poll reads. */
  readonly batch?: number
  /**
   * The domain of the thread that polls, if this thread alone reads then, and has applied everything that was published: it
   * knows where payload belongs.
   */
  readonly current?: NetworkDomain
}

/** `domain` knows the next timer. */
export function openSource(
  parts: ThreadParts,
  sink: RequestSink,
  domain: Pick<Domain, 'microsUntilDeadline'>,
  { batch = pollBatch, current }: SourceOptions = {},
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
    reader: openFrameReader(parts, current, parts.layout.streams),
    partsLayout: {
      region,
      slotBytes: layout.framework.channel.slotBytes,
      virtioHeader: parts.device.capabilities.virtioHeader,
      buffers: layout.streams,
    },
    countersAt: threadCountersAt(layout.countersWord, thread),
    verifies: parameters.verification === 'before',
    microsUntilDeadline: (now) => domain.microsUntilDeadline(now),
  })
}

/** `current`: see `SourceOptions`; `buffers`: of its connections. */
export function openFrameReader(
  { region, layout, parameters, device }: ThreadParts,
  current: NetworkDomain | undefined,
  buffers: StreamBuffers,
): FrameReader {
  const { payloadWork, recordPath, coalescing } = parameters
  // A record has whole frames.
  const scatters = recordPath === undefined
  return new FrameReader({
    region,
    device,
    slotBytes: layout.framework.channel.slotBytes,
    scatters,
    coalesces: resolveCoalescing(coalescing) === 'on',
    ...(scatters && current !== undefined && leavesBytes(payloadWork.kind)
      ? { inPlace: { buffers, expectSegment: (into) => current.expectSegment(into) } }
      : {}),
  })
}

/** `hasPassed`: see `ReassemblerParts`. */
export function openReassembler(parts: ThreadParts, hasPassed: ReassemblerParts['hasPassed']): Reassembler {
  const { region, layout, parameters, thread } = parts
  return new Reassembler({
    region,
    layout: layout.packetStore,
    config: parameters.machine,
    countersAt: threadCountersAt(layout.countersWord, thread),
    hasPassed,
  })
}
