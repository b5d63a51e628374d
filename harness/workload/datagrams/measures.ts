/** What datagrams measure: how many arrive, and where the others were lost. Pure. */
import { perSecond } from '../host-side.ts'
import type { Measuring } from '../measuring.ts'

export interface DatagramFacts {
  readonly datagramBytes: number
  /** By the sender, in all, and how long that took. */
  readonly sent: number
  readonly sentMicros: number
  /** That arrived at least once, in all. */
  readonly distinct: number
  /** That arrived within the measurement, and how long it was. */
  readonly measured: number
  readonly measuredMicros: number
  readonly duplicated: number
  readonly reordered: number
  /** Losses that each end counted itself. */
  readonly lostAtStack: number
  readonly lostAtPeer: number
  readonly cpuMicros: { readonly stack: number; readonly peer: number }
}

export const datagramMeasures = {
  packetsPerSecond,
  goodputMbps: (facts) => (8 * facts.datagramBytes * packetsPerSecond(facts)) / 1e6,
  sentPerSecond: ({ sent, sentMicros }) => perSecond(sent, sentMicros),
  lossPercent: (facts) => (facts.sent === 0 ? null : (100 * lost(facts)) / facts.sent),
  lostAtStack: ({ lostAtStack }) => lostAtStack,
  lostAtPeer: ({ lostAtPeer }) => lostAtPeer,
  lostOnTheWay: (facts) => Math.max(0, lost(facts) - facts.lostAtStack - facts.lostAtPeer),
  reorderedDatagrams: ({ reordered }) => reordered,
  duplicatedDatagrams: ({ duplicated }) => duplicated,
  stackMicrosPerDatagram: (facts) => each(facts, facts.cpuMicros.stack),
  peerMicrosPerDatagram: (facts) => each(facts, facts.cpuMicros.peer),
} satisfies Measuring<DatagramFacts>

function packetsPerSecond({ measured, measuredMicros }: DatagramFacts): number {
  return perSecond(measured, measuredMicros)
}

function lost({ sent, distinct }: DatagramFacts): number {
  return Math.max(0, sent - distinct)
}

function each({ distinct }: DatagramFacts, micros: number): number | null {
  return distinct === 0 ? null : micros / distinct
}
