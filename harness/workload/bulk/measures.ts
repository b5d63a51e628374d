/** What a bulk transfer measures. Pure. */
import type { ProcessorTime } from '../../agent/messages.ts'
import { jainIndex } from '../../statistics/fairness.ts'
import type { Measuring } from '../measuring.ts'

/** Null for what is not counted: a kernel does not count duplicate ACKs, our machine does not count DSACK reports. */
export interface EndEvents {
  readonly retransmitted: number | null
  readonly duplicatesReported: number | null
  readonly duplicatesSeen: number | null
  readonly queuedOutOfOrder: number | null
  readonly duplicateAcks: number | null
}

/** All of both ends but the measured bytes and their time covers what came before the measurement, too. */
export interface BulkFacts {
  readonly bytesReceived: number
  readonly measuredBytes: number
  readonly measuredMicros: number
  /** By connection, the bytes that arrived while all of them were under way; null for one connection. */
  readonly shares: readonly number[] | null
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
  /** Of our stack only. */
  readonly processorTime: ProcessorTime | undefined
  /** Times that its threads slept until woken. */
  readonly sleeps: number | undefined
  readonly sender: EndEvents
  readonly receiver: EndEvents
}

export const bulkMeasures = {
  goodputMbps: ({ measuredBytes, measuredMicros }) => (8 * measuredBytes) / measuredMicros,
  jainIndex: ({ shares }) => (shares === null || shares.length < 2 ? null : jainIndex(shares)),
  stackSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.cpuMicros.stack),
  threadSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.processorTime?.threads),
  pollingSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.processorTime?.polling),
  applicationSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.processorTime?.application),
  sleepsPerGigabyte: ({ sleeps, bytesReceived }) =>
    sleeps === undefined || bytesReceived === 0 ? null : (1e9 * sleeps) / bytesReceived,
  peerSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.cpuMicros.peer),
  retransmits: ({ sender }) => sender.retransmitted,
  retransmitsPerGigabyte: ({ sender: { retransmitted }, bytesReceived }) =>
    retransmitted === null || bytesReceived === 0 ? null : (1e9 * retransmitted) / bytesReceived,
  spuriousRetransmits: ({ sender, receiver }) => sender.duplicatesReported ?? receiver.duplicatesSeen,
  outOfOrder: ({ receiver }) => receiver.queuedOutOfOrder,
  duplicateAcks: ({ sender }) => sender.duplicateAcks,
} satisfies Measuring<BulkFacts>

function secondsPerGigabyte({ bytesReceived }: BulkFacts, micros: number | undefined): number | null {
  return micros === undefined || bytesReceived === 0 ? null : (1000 * micros) / bytesReceived
}
