/**
 * The performance model's own system: requests of fixed state and payload work on the machine's threads, by replicas or by
 * threads that share one state under a lock, without a network. Amounts are in requests.
 */
import { z } from 'zod'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { modelMeasures } from './measures.ts'

const count = z.int().positive()

export const model = specify({
  settings: z.strictObject({
    kind: z.literal('model'),
    /** Requests that each sample measures, and before; less in a quick run. About 20 µs each. */
    requests: count,
    warmupRequests: count,
  }),
  factors: { required: ['workRatio'], optional: ['stateLines'] },
  strategies: ['sequential', 'replicated', 'locked'],
  usesNetwork: false,
  measures: namesOf(modelMeasures),
  mostRecorded: 0,
  isPredictable: () => false,
  complaintsAbout: () => [],

  plan({ requests, warmupRequests }, { strategy, replicas = 1, workRatio = 0, stateLines = 0 }) {
    return {
      options: {
        isLocked: strategy === 'locked',
        // 0 replicas: one plain loop, without a channel.
        replicas: strategy === 'sequential' ? 0 : replicas,
        workRatio,
        stateLines,
      },
      amount: { warmup: warmupRequests, measured: requests },
    }
  },
})

export type ModelOptions = ReturnType<typeof model.plan>['options']
