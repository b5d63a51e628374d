/** Takes a sample of the performance model's own system. Verified are requests whose action was performed exactly once. */
import type { AloneSide, Extent } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { modelMeasures } from './measures.ts'
import type { ModelOptions } from './specification.ts'
import { type ModelTask, toldSchema } from './task.ts'

/** All work of a request, in rounds of `work`: about 20 µs, as much as a segment with a cipher takes. */
const requestRounds = 10_000
/** Time for a request, in microseconds, beyond which the sample has failed. */
const slowestMicros = 1000

export const hostSide: AloneSide<ModelOptions> = {
  kind: 'alone',

  task({ isLocked, replicas, workRatio, stateLines }, { settling, measured }) {
    const stateRounds = Math.round(workRatio * requestRounds)
    const task: ModelTask = {
      isLocked,
      replicas,
      costs: { stateRounds, payloadRounds: requestRounds - stateRounds, stateLines },
      requests: Math.ceil(measured),
      warmupRequests: Math.ceil(settling),
    }
    const timeoutSeconds = Math.ceil(20 + ((settling + measured) * slowestMicros) / 1e6)
    return { task, timeoutSeconds }
  },

  conclude({ settling, measured }: Extent, told) {
    const facts = toldSchema.parse(told)
    const { micros, performedOnce, digestsCompared, divergences } = facts
    const all = Math.ceil(settling) + Math.ceil(measured)
    return {
      measures: measure(modelMeasures, facts),
      deliveries: [{ unit: 'requests', sent: all, received: all, verified: performedOnce }],
      measuredMicros: micros,
      requests: all,
      digestsCompared,
      divergences,
    }
  },
}
