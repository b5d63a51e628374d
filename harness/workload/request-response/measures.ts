/** What requests and responses measure: how many a second, and how long each takes. Pure. */
import type { Histogram } from '../../measure/histogram.ts'
import { perSecond } from '../host-side.ts'
import type { Measuring } from '../measuring.ts'

export interface TransactionFacts {
  /** Within the measurement, and how long it was. */
  readonly transactions: number
  readonly measuredMicros: number
  /** Before the measurement, too; processor time and retransmissions belong to these. */
  readonly allTransactions: number
  readonly latencies: Histogram
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
  /** By both ends. */
  readonly retransmits: number
}

export const transactionMeasures: Measuring<TransactionFacts> = {
  transactionsPerSecond: ({ transactions, measuredMicros }) => perSecond(transactions, measuredMicros),
  latencyMicros: ({ latencies }) => latencies,
  stackMicrosPerTransaction: (facts) => each(facts, facts.cpuMicros.stack),
  peerMicrosPerTransaction: (facts) => each(facts, facts.cpuMicros.peer),
  retransmits: ({ retransmits }) => retransmits,
}

function each({ allTransactions }: TransactionFacts, micros: number): number | null {
  return allTransactions === 0 ? null : micros / allTransactions
}
