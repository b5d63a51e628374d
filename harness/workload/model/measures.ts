/** What the performance model's own system measures. Pure. */
import { perSecond } from '../host-side.ts'
import type { Measuring } from '../measuring.ts'

export interface ModelFacts {
  /** Within the measurement, and how long it was. */
  readonly requests: number
  readonly micros: number
}

export const modelMeasures: Measuring<ModelFacts> = {
  requestsPerSecond: ({ requests, micros }) => perSecond(requests, micros),
}
