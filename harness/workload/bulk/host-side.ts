/** Takes a sample of a bulk transfer: the stack connects to a sink or a source at the peer. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { congestionControl } from '../../peers/congestion-control.ts'
import { pathEvents } from '../../topology/counters.ts'
import type { Ended, ExchangeSide, Extent, Outcome, Site } from '../host-side.ts'
import { timeLimitSeconds } from '../time-limit.ts'
import { sink, sinkResult, source, sourceResult } from './peer-side.ts'
import type { BulkOptions } from './specification.ts'
import { type BulkTask, toldSchema } from './task.ts'

export const hostSide: ExchangeSide<BulkOptions> = {
  kind: 'exchange',

  async exchange({ direction, connections }, extent: Extent, site: Site) {
    const { settling, measured } = extent
    // Of each connection.
    const warmupBytes = Math.ceil(settling / connections)
    const transferBytes = Math.ceil(measured / connections)
    const bytes = warmupBytes + transferBytes
    const content = await travellingContent(site.directory, site.payloadWork, bytes)
    const timeoutSeconds = timeLimitSeconds(settling + measured, site)
    const { peerAddress, port } = site
    const common = { connections, content, warmupBytes, timeoutSeconds }
    const atPeer = { ...common, meet: { listen: port } }
    const atStack = { ...common, meet: { connect: `${peerAddress}:${port}` } }
    const sending = { bytes, congestionControl }
    const isSending = direction === 'send'
    const task: BulkTask = {
      direction,
      peerAddress,
      port,
      connections,
      warmupBytes,
      transferBytes,
      patternPath,
    }
    return {
      listens: 'peer',
      task,
      peer: isSending ? sink(atPeer) : source({ ...atPeer, ...sending }),
      standIn: isSending ? source({ ...atStack, ...sending }) : sink(atStack),
      timeoutSeconds,
    }
  },

  conclude({ direction }, ended) {
    const { sender, receiver } = direction === 'send' ? stackSent(ended) : stackReceived(ended)
    if (sender.failure !== null) {
      throw new HarnessError(`The sending end failed: ${sender.failure}`, 'Read the log of this sample.')
    }
    const { bytesReceived, bytesVerified, measuredBytes, measuredMicros } = receiver
    const { stack, peer } = ended.seen.cpuMicros
    const secondsPerGigabyte = (micros: number) =>
      bytesReceived === 0 ? null : (1000 * micros) / bytesReceived
    return {
      measures: {
        goodputMbps: (8 * measuredBytes) / measuredMicros,
        stackSecondsPerGigabyte: secondsPerGigabyte(stack),
        peerSecondsPerGigabyte: secondsPerGigabyte(peer),
        ...mishaps(direction, ended),
      },
      deliveries: [
        { unit: 'bytes', sent: sender.bytesSent, received: bytesReceived, verified: bytesVerified },
      ],
      measuredMicros,
    }
  },
}

interface Ends {
  readonly sender: { readonly bytesSent: number; readonly failure: string | null }
  readonly receiver: {
    readonly bytesReceived: number
    readonly bytesVerified: number
    readonly measuredBytes: number
    readonly measuredMicros: number
  }
}

function stackSent({ stack, protocol, peer }: Ended): Ends {
  const receiver = sinkResult.parse(peer)
  if (protocol === undefined) return { sender: sourceResult.parse(stack), receiver }
  return { sender: { bytesSent: toldSchema.parse(stack).bytes, failure: null }, receiver }
}

function stackReceived({ stack, protocol, peer }: Ended): Ends {
  const sender = sourceResult.parse(peer)
  if (protocol === undefined) return { sender, receiver: sinkResult.parse(stack) }
  const { bytes, ...receiver } = toldSchema.parse(stack)
  return { sender, receiver: { bytesReceived: bytes, ...receiver } }
}

/** Our machine counts what it sees; a kernel counts more. */
function mishaps(
  direction: BulkOptions['direction'],
  { protocol, seen }: Ended,
): Pick<Outcome['measures'], 'retransmits' | 'spuriousRetransmits' | 'outOfOrder' | 'duplicateAcks'> {
  const isSending = direction === 'send'
  const peer = pathEvents(seen.peer)
  if (protocol === undefined) {
    const stack = pathEvents(seen.stack)
    const [sender, receiver] = isSending ? [stack, peer] : [peer, stack]
    return {
      retransmits: sender.retransmitted,
      spuriousRetransmits: sender.duplicatesReported,
      outOfOrder: receiver.queuedOutOfOrder,
      duplicateAcks: null,
    }
  }
  if (isSending) {
    return {
      retransmits: protocol.retransmits ?? null,
      spuriousRetransmits: peer.duplicatesSeen,
      outOfOrder: peer.queuedOutOfOrder,
      duplicateAcks: protocol.duplicateAcksIn ?? null,
    }
  }
  return {
    retransmits: peer.retransmitted,
    spuriousRetransmits: peer.duplicatesReported,
    outOfOrder: protocol.outOfOrderIn ?? null,
    duplicateAcks: null,
  }
}
