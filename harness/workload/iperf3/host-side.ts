/** Takes a sample of iperf3 tests: the client at the peer measures, and both ends count. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { eventsAt } from '../bulk/host-side.ts'
import { bulkMeasures } from '../bulk/measures.ts'
import type { Ended, ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { timeLimitSeconds } from '../time-limit.ts'
import { client, server } from './peer-side.ts'
import type { Iperf3Options } from './specification.ts'
import { clientSchema, type Iperf3Task, serverSchema, toldSchema } from './task.ts'

export const hostSide: ExchangeSide<Iperf3Options> = {
  kind: 'exchange',

  async exchange({ direction, connections }, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { port, stackAddress, payloadWork } = site
    const settlingBytes = Math.ceil(settling)
    const bytes = Math.ceil(measured)
    const tests = settlingBytes > 0 ? 2 : 1
    const timeoutSeconds = timeLimitSeconds(settlingBytes + bytes, site)
    const reverse = direction === 'send'
    const task: Iperf3Task = { port, tests, bytes: settlingBytes + bytes, timeoutSeconds, patternPath }
    return {
      listens: 'stack',
      task,
      peer: client({
        connect: `${stackAddress}:${port}`,
        settlingBytes,
        bytes,
        connections,
        reverse,
        // Without payload work the other end is an iperf3, which knows no pattern of ours.
        pattern: reverse && payloadWork !== undefined ? patternPath : undefined,
        timeoutSeconds,
      }),
      standIn: server({ port, tests, compares: !reverse }),
      timeoutSeconds,
    }
  },

  conclude({ direction }, ended) {
    const atClient = clientSchema.parse(ended.peer)
    const { measuredBytes, measuredMicros } = atClient
    const isSending = direction === 'send'
    const delivery =
      ended.protocol === undefined ? deliveryOfLinux(ended, isSending) : deliveryOf(ended, isSending)
    const atStack = eventsAt({ protocol: ended.protocol, counters: ended.seen.stack })
    const atPeer = eventsAt({ protocol: undefined, counters: ended.seen.peer })
    return {
      measures: measure(bulkMeasures, {
        bytesReceived: delivery.received,
        measuredBytes,
        measuredMicros,
        shares: null,
        sleeps: ended.sleeps,
        cpuMicros: ended.seen.cpuMicros,
        processorTime: ended.processorTime,
        sender: isSending ? atStack : atPeer,
        receiver: isSending ? atPeer : atStack,
      }),
      deliveries: [delivery],
      measuredMicros,
    }
  },
}

/** Between our stack and iperf3. Both ends tell each other what they counted, so the client knows our counts, too. */
function deliveryOf({ stack, peer }: Ended, isSending: boolean) {
  const told = toldSchema.parse(stack)
  const client = clientSchema.parse(peer)
  const [ours, theirs] = isSending ? [told.sent, client.bytesSent] : [told.received, client.bytesReceived]
  if (ours !== theirs) {
    throw new HarnessError(
      `Our end counted ${ours} bytes, and iperf3 understood ${theirs}.`,
      'This is a defect of harness/workload/iperf3; the log of this sample has the details.',
    )
  }
  return isSending
    ? { unit: 'bytes', sent: told.sent, received: client.bytesReceived, verified: client.bytesVerified }
    : { unit: 'bytes', sent: client.bytesSent, received: told.received, verified: told.verified }
}

/** Between two iperf3: when the client stops, bytes may be under way, which nobody counts. */
function deliveryOfLinux({ stack, peer }: Ended, isSending: boolean) {
  const server = serverSchema.parse(stack)
  const client = clientSchema.parse(peer)
  const { bytesReceived, bytesVerified } = isSending ? client : server
  return {
    unit: 'bytes',
    sent: client.bytesSent,
    received: bytesReceived,
    verified: bytesVerified,
    mayBeLost: true as const,
  }
}
