/** Takes a sample of a bulk transfer: the stack connects to a sink or a source at the peer, or to another stack. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { type Counters, pathEvents } from '../../topology/counters.ts'
import type { Ended, ExchangeSide, Extent, Site } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { timeLimitSeconds } from '../time-limit.ts'
import { type BulkFacts, bulkMeasures, type EndEvents } from './measures.ts'
import { sink, sinkResult, source, sourceResult } from './peer-side.ts'
import type { BulkOptions } from './specification.ts'
import { type BulkTask, toldSchema } from './task.ts'

export const hostSide: ExchangeSide<BulkOptions> = {
  kind: 'exchange',

  async exchange({ direction, connections, writeBytes }, extent: Extent, site: Site) {
    const { settling, measured } = extent
    // Of each connection.
    const warmupBytes = Math.ceil(settling / connections)
    const transferBytes = Math.ceil(measured / connections)
    const bytes = warmupBytes + transferBytes
    const content = await travellingContent(site.directory, site.payloadWork, bytes)
    const timeoutSeconds = timeLimitSeconds(settling + measured, site, connections)
    const { peerAddress, port } = site
    const common = { connections, content, warmupBytes, timeoutSeconds }
    const atPeer = { ...common, meet: { listen: port } }
    const atStack = { ...common, meet: { connect: `${peerAddress}:${port}` } }
    const isSending = direction === 'send'
    const task: BulkTask = {
      direction,
      peerAddress,
      port,
      connections,
      warmupBytes,
      transferBytes,
      patternPath,
      ...(writeBytes === undefined ? {} : { writeBytes }),
    }
    return {
      listens: 'peer',
      task,
      peerTask: { ...task, direction: isSending ? 'receive' : 'send', listens: true } satisfies BulkTask,
      peer: isSending ? sink({ ...atPeer, measuredBytes: transferBytes }) : source({ ...atPeer, bytes }),
      standIn: isSending ? source({ ...atStack, bytes }) : sink({ ...atStack, measuredBytes: transferBytes }),
      timeoutSeconds,
    }
  },

  conclude(options, ended) {
    const { sent, ...facts } = factsOf(options, ended)
    const { bytesReceived: received, bytesVerified: verified, measuredMicros } = facts
    return {
      measures: measure(bulkMeasures, facts),
      deliveries: [{ unit: 'bytes', sent, received, verified }],
      measuredMicros,
    }
  },
}

/** What both ends told. Throws HarnessError if the one that sends failed. */
export function factsOf({ direction }: Pick<BulkOptions, 'direction'>, ended: Ended) {
  const ends = [
    {
      told: ended.stack,
      protocol: ended.protocol,
      counters: ended.isUncounted === true ? undefined : ended.seen.stack,
    },
    { told: ended.peer, protocol: ended.peerProtocol, counters: ended.seen.peer },
  ] as const
  const [sending, receiving] = direction === 'send' ? ends : (ends.toReversed() as [End, End])
  const sender = senderOf(sending)
  if (sender.failure !== null) {
    throw new HarnessError(`The sending end failed: ${sender.failure}`, 'Read the log of this sample.')
  }
  const facts = {
    ...receiverOf(receiving),
    cpuMicros: ended.seen.cpuMicros,
    processorTime: ended.processorTime,
    sleeps: ended.sleeps,
    sender: eventsAt(sending),
    receiver: eventsAt(receiving),
  }
  return { ...facts, sent: sender.bytesSent } satisfies BulkFacts & { sent: number }
}

/** One end, its result and its counters: those of a stack's machine (`protocol`), or those of a Linux kernel. */
interface End {
  readonly told: unknown
  readonly protocol: Readonly<Record<string, number>> | undefined
  /** Undefined where another stack had the connection. */
  readonly counters: Counters | undefined
}

function senderOf({ told, protocol }: End): { bytesSent: number; failure: string | null } {
  if (protocol === undefined) return sourceResult.parse(told)
  return { bytesSent: toldSchema.parse(told).bytes, failure: null }
}

function receiverOf({ told, protocol }: End) {
  if (protocol === undefined) return sinkResult.parse(told)
  const { bytes, ...receiver } = toldSchema.parse(told)
  return { bytesReceived: bytes, ...receiver }
}

const uncounted: EndEvents = {
  retransmitted: null,
  duplicatesReported: null,
  duplicatesSeen: null,
  queuedOutOfOrder: null,
  duplicateAcks: null,
}

/** What happened to segments at one end of a transfer, by its machine's counters or by its kernel's. */
export function eventsAt({ protocol, counters }: Pick<End, 'protocol' | 'counters'>): EndEvents {
  if (protocol === undefined && counters === undefined) return uncounted
  const { retransmitted, duplicatesReported, duplicatesSeen, queuedOutOfOrder } = pathEvents(counters ?? {})
  if (protocol === undefined) {
    return { retransmitted, duplicatesReported, duplicatesSeen, queuedOutOfOrder, duplicateAcks: null }
  }
  return {
    retransmitted: protocol.retransmits ?? null,
    duplicatesReported: null,
    duplicatesSeen: null,
    queuedOutOfOrder: protocol.outOfOrderIn ?? null,
    duplicateAcks: protocol.duplicateAcksIn ?? null,
  }
}
