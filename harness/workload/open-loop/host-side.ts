/** Takes a sample of requests by a schedule: the stack, or a Linux host in its place, serves; the peer makes the requests. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import type { ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { deliveriesOf, graceSeconds, transactionFacts } from '../request-response/host-side.ts'
import { responder } from '../request-response/peer-side.ts'
import { type RequestResponseTask, serverSchema } from '../request-response/task.ts'
import { keptSchedule, openLoopMeasures } from './measures.ts'
import { generatedSchema, generator } from './peer-side.ts'
import type { OpenLoopOptions } from './specification.ts'

/** A queue of so many requests is a load that the server does not carry. */
const mostUnderWay = 256

export const hostSide: ExchangeSide<OpenLoopOptions> = {
  kind: 'exchange',

  async exchange({ offeredPerSecond, messageBytes, connections }, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { port, peerAddress, stackAddress, seed } = site
    const timeoutSeconds = Math.ceil(graceSeconds + settling + measured)
    const common = { pattern: patternPath, messageBytes, connections, timeoutSeconds }
    const times = { settlingSeconds: settling, seconds: measured }
    const task: RequestResponseTask = {
      ...times,
      role: 'server',
      peerAddress,
      port,
      connections,
      messageBytes,
      depth: 1,
      patternPath,
    }
    return {
      listens: 'stack',
      task,
      peer: generator({
        ...common,
        ...times,
        offeredPerSecond,
        most: mostUnderWay,
        seed,
        meet: { connect: `${stackAddress}:${port}` },
      }),
      standIn: responder({ ...common, meet: { listen: port } }),
      timeoutSeconds,
    }
  },

  conclude(_options, ended) {
    const server = serverSchema.parse(ended.stack)
    const client = generatedSchema.parse(ended.peer)
    const { due, refused, lagTicks: lags, measuredMicros } = client
    const facts = { ...transactionFacts(client, ended), due, refused, lags }
    return {
      measures: measure(openLoopMeasures, facts),
      deliveries: deliveriesOf(client, server),
      measuredMicros,
      ...(keptSchedule(facts)
        ? {}
        : { note: 'The generator of requests did not keep its schedule, so the latencies are left out.' }),
    }
  },
}
