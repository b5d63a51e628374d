/** What the performance model's own system measures. Pure. */
import { perSecond } from '../host-side.ts'
import type { Measuring } from '../measuring.ts'
import type { Told } from './task.ts'

export const modelMeasures: Measuring<Told> = {
  requestsPerSecond: ({ requests, micros }) => perSecond(requests, micros),
  stateMicros: ({ stateNanos }) => inMicros(stateNanos),
  sectionMicros: ({ sectionNanos }) => inMicros(sectionNanos),
  payloadMicros: ({ payloadNanos }) => inMicros(payloadNanos),
}

function inMicros(nanos: number | null): number | null {
  return nanos === null ? null : nanos / 1000
}
