/**
 * What a channel itself costs: numbered requests that cost nothing, published, dequeued by every reader and claimed by one,
 * on the machine's threads, without a network. Amounts are in requests.
 */
import { z } from 'zod'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { channelMeasures } from './measures.ts'

/** A reader keeps a byte for each request, and a digest for 1024. */
const count = z.int().positive().max(4_000_000)

export const channel = specify({
  settings: z.strictObject({
    kind: z.literal('channel'),
    /** Requests that each sample measures, and before (a quarter of both in a quick run). 0.1 to 1 µs each. */
    requests: count,
    warmupRequests: count,
  }),
  factors: { required: ['idle', 'slotCount', 'publishBatch'], optional: [] },
  strategies: ['replicated'],
  usesNetwork: false,
  measures: namesOf(channelMeasures),
  mostRecorded: 0,
  isPredictable: () => false,

  complaintsAbout(_settings, { id, factors: { slotCount = 0, publishBatch = 0 } }) {
    if (publishBatch <= slotCount) return []
    const problem = `cell "${id}" publishes more requests at once than its channel holds`
    return [{ path: ['cells'], problem, remedy: 'list a publishBatch of at most slotCount' }]
  },

  plan({ requests, warmupRequests }, { replicas = 1, idle = 'backoff', slotCount = 0, publishBatch = 0 }) {
    return {
      options: { readers: replicas, idle, slotCount, batch: publishBatch },
      amount: { warmup: warmupRequests, measured: requests },
    }
  },
})

export type ChannelOptions = ReturnType<typeof channel.plan>['options']
