/**
 * The performance model's own system: requests of fixed state and payload work on the framework and the machine's threads,
 * without a network. Amounts are in requests.
 */
import { z } from 'zod'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { modelMeasures } from './measures.ts'

const count = z.int().positive()

export const model = specify({
  settings: z.strictObject({
    kind: z.literal('model'),
    /** Requests that each sample measures, and before (a quarter in a quick run). About 20 µs each. */
    requests: count,
    warmupRequests: count,
  }),
  factors: { required: ['workRatio'], optional: [] },
  strategies: ['sequential', 'replicated'],
  usesNetwork: false,
  measures: namesOf(modelMeasures),
  mostRecorded: 0,
  isPredictable: () => false,
  complaintsAbout: () => [],

  plan({ requests, warmupRequests }, { strategy, replicas = 1, workRatio = 0 }) {
    return {
      // 0 replicas: one plain loop, without a channel.
      options: { replicas: strategy === 'sequential' ? 0 : replicas, workRatio },
      amount: { warmup: warmupRequests, measured: requests },
    }
  },
})

export type ModelOptions = ReturnType<typeof model.plan>['options']
