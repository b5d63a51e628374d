/** Takes a sample of both directions at once: the stack connects to the peer, and both send and receive. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { pathEvents } from '../../topology/counters.ts'
import type { Ended, ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { timeLimitSeconds } from '../time-limit.ts'
import { bidirectionalMeasures } from './measures.ts'
import { overlapOf } from './overlap.ts'
import { bothWays } from './peer-side.ts'
import { type BidirectionalTask, toldSchema } from './task.ts'

export const hostSide: ExchangeSide = {
  kind: 'exchange',

  async exchange(_options, { settling, measured }, site) {
    const bytes = Math.ceil(settling) + Math.ceil(measured)
    const content = await travellingContent(site.directory, site.payloadWork, bytes)
    const timeoutSeconds = timeLimitSeconds(2 * bytes, site)
    const { peerAddress, port } = site
    const common = { content, bytes, timeoutSeconds }
    const task: BidirectionalTask = { peerAddress, port, bytes, patternPath }
    return {
      listens: 'peer',
      task,
      peer: bothWays({ ...common, meet: { listen: port } }),
      standIn: bothWays({ ...common, meet: { connect: `${peerAddress}:${port}` } }),
      timeoutSeconds,
    }
  },

  conclude(_options, ended, { settling }) {
    const stack = toldSchema.parse(ended.stack)
    const peer = toldSchema.parse(ended.peer)
    const { bytes, micros } = overlapOf([peer.arrivals, stack.arrivals], settling)
    const [outgoingMbps, incomingMbps] = bytes.map((each) => (8 * each) / micros) as [number, number]
    const facts = {
      outgoingMbps,
      incomingMbps,
      allBytes: stack.received + peer.received,
      cpuMicros: ended.seen.cpuMicros,
      ...mishaps(ended),
    }
    return {
      measures: measure(bidirectionalMeasures, facts),
      deliveries: [
        { unit: 'bytes', sent: stack.sent, received: peer.received, verified: peer.verified },
        { unit: 'bytes', sent: peer.sent, received: stack.received, verified: stack.verified },
      ],
      measuredMicros: micros,
    }
  },
}

/** At both ends together, since both send and both receive. */
function mishaps({ protocol, seen }: Ended) {
  const stack = pathEvents(seen.stack)
  const peer = pathEvents(seen.peer)
  const ofStack =
    protocol === undefined
      ? { retransmits: stack.retransmitted, outOfOrder: stack.queuedOutOfOrder }
      : { retransmits: protocol.retransmits ?? 0, outOfOrder: protocol.outOfOrderIn ?? 0 }
  return {
    retransmits: ofStack.retransmits + peer.retransmitted,
    outOfOrder: ofStack.outOfOrder + peer.queuedOutOfOrder,
  }
}
