/** Takes a sample of the channel: every reader has to see every request once and in order, and every claim is won once. */
import type { AloneSide, Extent } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { channelMeasures } from './measures.ts'
import type { ChannelOptions } from './specification.ts'
import { type ChannelTask, toldSchema } from './task.ts'

/** Time for a request, in microseconds, beyond which the sample has failed: threads may outnumber cores by far. */
const slowestMicros = 100

export const hostSide: AloneSide<ChannelOptions> = {
  kind: 'alone',

  task(options, { settling, measured }) {
    const task: ChannelTask = {
      ...options,
      requests: Math.ceil(measured),
      warmupRequests: Math.ceil(settling),
    }
    const timeoutSeconds = Math.ceil(20 + ((settling + measured) * slowestMicros) / 1e6)
    return { task, timeoutSeconds }
  },

  conclude({ settling, measured }: Extent, told) {
    const facts = { ...toldSchema.parse(told), requests: Math.ceil(measured) }
    const { micros, seenInOrder, claimedOnce, won, digestsCompared, divergences } = facts
    const requests = Math.ceil(settling) + facts.requests
    const seen = requests * won.length
    return {
      measures: measure(channelMeasures, facts),
      deliveries: [
        { unit: 'requests', sent: seen, received: seenInOrder, verified: seenInOrder },
        {
          unit: 'claims',
          sent: requests,
          received: won.reduce((sum, claims) => sum + claims, 0),
          verified: claimedOnce,
        },
      ],
      measuredMicros: micros,
      requests,
      digestsCompared,
      divergences,
    }
  },
}
