/** What the comparison of windows measures. Pure. */
import { perSecond } from '../host-side.ts'
import type { Measuring } from '../measuring.ts'
import type { Told } from './task.ts'

export const windowMeasures: Measuring<Told> = {
  requestsPerSecond: ({ requests, micros }) => perSecond(requests, micros),
  traceDistance: ({ distance }) => distance,
  pointsCompared: ({ pointsCompared }) => pointsCompared,
}
