/** What messages through a composite protocol measure. Pure. */
import { type DatagramFacts, datagramMeasures } from '../datagrams/measures.ts'
import type { Measuring } from '../measuring.ts'

export interface CtpFacts extends DatagramFacts {
  /** Messages that left again. */
  readonly again: number
}

const { goodputMbps, packetsPerSecond, lossPercent, reorderedDatagrams, duplicatedDatagrams } =
  datagramMeasures
const { stackMicrosPerDatagram, peerMicrosPerDatagram } = datagramMeasures

export const ctpMeasures = {
  goodputMbps,
  packetsPerSecond,
  lossPercent,
  retransmits: ({ again }) => again,
  reorderedDatagrams,
  duplicatedDatagrams,
  stackMicrosPerDatagram,
  peerMicrosPerDatagram,
} satisfies Measuring<CtpFacts>
