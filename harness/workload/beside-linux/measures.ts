/** What two flows that share a link measure, while both are under way. Pure. */
import { jainIndex } from '../../statistics/fairness.ts'
import type { Measuring } from '../measuring.ts'

export interface SharedLinkFacts {
  /** Bytes that the receivers of both flows took within the measured time: that of the stack, and that of Linux beside it. */
  readonly ownBytes: number
  readonly besideBytes: number
  readonly measuredMicros: number
  /** Segments that each sender sent again, before the measurement, too. */
  readonly retransmits: number
  readonly besideRetransmits: number | null
}

export const besideLinuxMeasures: Measuring<SharedLinkFacts> = {
  goodputMbps: (facts) => megabits(facts.ownBytes, facts),
  besideMbps: (facts) => megabits(facts.besideBytes, facts),
  shareOfLink: ({ ownBytes, besideBytes }) =>
    ownBytes + besideBytes === 0 ? null : ownBytes / (ownBytes + besideBytes),
  jainIndex: ({ ownBytes, besideBytes }) => jainIndex([ownBytes, besideBytes]),
  retransmits: ({ retransmits }) => retransmits,
  besideRetransmits: ({ besideRetransmits }) => besideRetransmits,
}

function megabits(bytes: number, { measuredMicros }: SharedLinkFacts): number {
  return (8 * bytes) / measuredMicros
}
