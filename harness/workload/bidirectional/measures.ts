/** What a transfer in both directions measures, while both are under way. Pure. */
import type { Measuring } from '../measuring.ts'

export interface BidirectionalFacts {
  /** From the stack to the peer, and back. */
  readonly outgoingMbps: number
  readonly incomingMbps: number
  /** Received by both ends, before the measurement, too; processor time and events belong to these. */
  readonly allBytes: number
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
  readonly retransmits: number
  readonly outOfOrder: number
}

export const bidirectionalMeasures: Measuring<BidirectionalFacts> = {
  goodputMbps: ({ outgoingMbps, incomingMbps }) => outgoingMbps + incomingMbps,
  outgoingMbps: ({ outgoingMbps }) => outgoingMbps,
  incomingMbps: ({ incomingMbps }) => incomingMbps,
  stackSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.cpuMicros.stack),
  peerSecondsPerGigabyte: (facts) => secondsPerGigabyte(facts, facts.cpuMicros.peer),
  retransmits: ({ retransmits }) => retransmits,
  outOfOrder: ({ outOfOrder }) => outOfOrder,
}

function secondsPerGigabyte({ allBytes }: BidirectionalFacts, micros: number): number | null {
  return allBytes === 0 ? null : (1000 * micros) / allBytes
}
