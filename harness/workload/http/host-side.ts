/** Takes a sample of an HTTP server: wrk at the peer measures, and every response is compared. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { pathEvents } from '../../topology/counters.ts'
import type { ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { transactionMeasures } from '../request-response/measures.ts'
import { client, server } from './peer-side.ts'
import type { HttpOptions } from './specification.ts'
import { clientSchema, type HttpTask, serverSchema } from './task.ts'

/** For curl, and for a path that loses frames. */
const graceSeconds = 30

export const hostSide: ExchangeSide<HttpOptions> = {
  kind: 'exchange',

  async exchange({ bodyBytes, connections }, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { port, stackAddress } = site
    const seconds = settling + measured
    const timeoutSeconds = Math.ceil(graceSeconds + seconds)
    const task: HttpTask = { port, seconds, timeoutSeconds, patternPath }
    return {
      listens: 'stack',
      task,
      peer: client({
        connect: `${stackAddress}:${port}`,
        pattern: patternPath,
        bodyBytes,
        connections,
        settlingSeconds: settling,
        seconds: measured,
        timeoutSeconds,
      }),
      standIn: server({ port, pattern: patternPath }),
      timeoutSeconds,
    }
  },

  conclude({ connections }, { stack, protocol, peer, seen }) {
    const { answered } = serverSchema.parse(stack)
    const told = clientSchema.parse(peer)
    const { downloads, responses, errors, transactions, bytesRead, responseBytes, measuredMicros } = told
    refuseUnless(answered >= responses + downloads.files, `${answered} responses were sent`, told)
    // Each connection may be in the middle of a response when wrk stops.
    const expectedBytes = transactions * responseBytes
    const isPlausible = bytesRead >= expectedBytes && bytesRead <= expectedBytes + connections * responseBytes
    refuseUnless(isPlausible, `${transactions} responses of ${responseBytes} bytes were read`, told)
    const ownRetransmits =
      protocol === undefined ? pathEvents(seen.stack).retransmitted : (protocol.retransmits ?? 0)
    return {
      measures: measure(transactionMeasures, {
        transactions,
        measuredMicros,
        allTransactions: responses + downloads.files,
        latencies: told.latencyTicks,
        cpuMicros: seen.cpuMicros,
        retransmits: ownRetransmits + pathEvents(seen.peer).retransmitted,
      }),
      deliveries: [
        { unit: 'bytes', sent: downloads.sizes, received: downloads.received, verified: downloads.verified },
        { unit: 'responses', sent: responses + errors, received: responses, verified: told.verified },
      ],
      measuredMicros,
    }
  },
}

function refuseUnless(holds: boolean, what: string, told: object): void {
  if (holds) return
  throw new HarnessError(
    `The counts of both ends do not agree: ${what}, the client says ${JSON.stringify({ ...told, latencyTicks: [] })}.`,
    'Read the log of this sample.',
  )
}
