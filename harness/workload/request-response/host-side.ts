/** Takes a sample of requests and responses: one end is the stack, the other a program at the peer; the client measures. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import type { Delivery } from '../../result/sample.ts'
import { pathEvents } from '../../topology/counters.ts'
import type { Ended, ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { type TransactionFacts, transactionMeasures } from './measures.ts'
import { requester, responder } from './peer-side.ts'
import type { RequestResponseOptions } from './specification.ts'
import {
  type ClientTold,
  clientSchema,
  type RequestResponseTask,
  type ServerTold,
  serverSchema,
} from './task.ts'

/** For connecting, for responses under way at the end, and for a path that loses frames. */
export const graceSeconds = 20

export const hostSide: ExchangeSide<RequestResponseOptions> = {
  kind: 'exchange',

  async exchange({ role, messageBytes, depth, connections }, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { port, peerAddress, stackAddress } = site
    const timeoutSeconds = Math.ceil(graceSeconds + settling + measured)
    const common = { pattern: patternPath, messageBytes, connections, timeoutSeconds }
    const asking = { ...common, depth, settlingSeconds: settling, seconds: measured }
    const isServer = role === 'server'
    const server = responder({ ...common, meet: { listen: port } })
    const client = requester({
      ...asking,
      meet: { connect: `${isServer ? stackAddress : peerAddress}:${port}` },
    })
    const task: RequestResponseTask = {
      role,
      peerAddress,
      port,
      connections,
      messageBytes,
      depth,
      settlingSeconds: settling,
      seconds: measured,
      patternPath,
    }
    return {
      listens: isServer ? 'stack' : 'peer',
      task,
      peer: isServer ? client : server,
      standIn: isServer ? server : client,
      timeoutSeconds,
    }
  },

  conclude({ role }, ended) {
    const [atServer, atClient] = role === 'server' ? [ended.stack, ended.peer] : [ended.peer, ended.stack]
    const server = serverSchema.parse(atServer)
    const client = clientSchema.parse(atClient)
    return {
      measures: measure(transactionMeasures, transactionFacts(client, ended)),
      deliveries: deliveriesOf(client, server),
      measuredMicros: client.measuredMicros,
    }
  },
}

/** What the client tells, and what both hosts showed. */
export function transactionFacts(
  { transactions, allTransactions, measuredMicros, latencyTicks }: ClientTold,
  { protocol, seen }: Ended,
): TransactionFacts {
  const ownRetransmits =
    protocol === undefined ? pathEvents(seen.stack).retransmitted : (protocol.retransmits ?? 0)
  return {
    transactions,
    allTransactions,
    measuredMicros,
    latencies: latencyTicks,
    cpuMicros: seen.cpuMicros,
    retransmits: ownRetransmits + pathEvents(seen.peer).retransmitted,
  }
}

/** The requests, and the responses. */
export function deliveriesOf(client: ServerTold, server: ServerTold): Delivery[] {
  return [
    { unit: 'bytes', sent: client.sent, received: server.received, verified: server.verified },
    { unit: 'bytes', sent: server.sent, received: client.received, verified: client.verified },
  ]
}
