/** What requests by a schedule measure. Pure. */
import { countOf, type Histogram, quantile } from '../../measure/histogram.ts'
import { declaredMeasures } from '../../measure/measures.ts'
import type { Measuring } from '../measuring.ts'
import { type TransactionFacts, transactionMeasures } from '../request-response/measures.ts'

/** Latencies are of all requests that were due within the measurement and made, whenever they were answered. */
export interface OpenLoopFacts extends TransactionFacts {
  /** Requests that were due within the measurement; and of these, those that were not made, since too many were under way. */
  readonly due: number
  readonly refused: number
  /** How late the generator looked at requests that were due. */
  readonly lags: Histogram
}

const { ticksPerUnit } = declaredMeasures.latencyMicros
const tailShare = 0.99

/** A generator whose tail is later than this may still be late by half of the latencies' tail, and not by more. */
const toleratedLagMicros = 1000

export const openLoopMeasures: Measuring<OpenLoopFacts> = {
  tailLatencyMicros: (facts) => (keptSchedule(facts) ? tailOf(facts) : null),
  refusedPercent: ({ refused, due }) => (due === 0 ? null : (100 * refused) / due),
  generatorLagMicros: ({ lags }) => microsOf(lags, tailShare),
  ...transactionMeasures,
  latencyMicros: (facts) => (keptSchedule(facts) ? facts.latencies : []),
}

/** Whether the latencies are those of the server. If not they are left out, since a late generator is part of each. */
export function keptSchedule(facts: OpenLoopFacts): boolean {
  const lag = microsOf(facts.lags, tailShare) ?? 0
  // Where requests were refused, that of the others: the tail of all is at least as long.
  const tail = tailOf(facts) ?? microsOf(facts.latencies, tailShare) ?? 0
  return lag <= Math.max(toleratedLagMicros, tail / 2)
}

/**
 * The time that 99 % of the requests that were due did not exceed. A refused one counts as one that is never answered: if
 * more than one in a hundred was refused, nobody knows that time.
 */
function tailOf({ latencies, due }: OpenLoopFacts): number | null {
  const share = (tailShare * due) / countOf(latencies)
  return share > 1 ? null : microsOf(latencies, share)
}

function microsOf(histogram: Histogram, share: number): number | null {
  const ticks = quantile(histogram, share)
  return ticks === null ? null : ticks / ticksPerUnit
}
