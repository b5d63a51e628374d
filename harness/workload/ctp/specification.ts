/**
 * Numbered messages from one stack of ours to another, through a composite protocol with the cell's microprotocols. Without
 * reliability what does not arrive is counted; with it, it is a fault. Amounts are in seconds.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { ownStrategies } from '../../matrix/factor.ts'
import type { Factors } from '../../matrix/factors.ts'
import { isStack } from '../../matrix/peer.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutNone } from '../one-way.ts'
import { specify } from '../specification.ts'
import { ctpMeasures } from './measures.ts'

const seconds = z.number().min(0.1).max(60)

/** MTU 1500 without the headers of IPv4 and of a numbered message. */
const longestBytes = 1468

export const ctp = specify({
  settings: z.strictObject({
    kind: z.literal('ctp'),
    /** How long each sample measures. */
    seconds,
    /** How long a stack's process works before its first sample; not in a quick run. */
    warmupSeconds: seconds,
  }),
  factors: { required: ['microprotocols', 'datagramBytes'], optional: [] },
  strategies: ownStrategies,
  usesNetwork: true,
  facesStacks: true,
  measures: namesOf(ctpMeasures),
  mostRecorded: 0.25,
  isPredictable: () => false,

  complaintsAbout(_settings, cell) {
    const { id, factors } = cell
    return [
      ...complaintsAboutPeer(id, factors),
      ...complaintsAboutLength(id, factors),
      ...complaintsAboutNone(cell),
    ]
  },

  plan({ seconds, warmupSeconds }, { microprotocols = 'none', datagramBytes = 64 }) {
    return {
      options: { microprotocols, datagramBytes },
      amount: { warmup: warmupSeconds, measured: seconds },
    }
  },
})

export type CtpOptions = ReturnType<typeof ctp.plan>['options']

function complaintsAboutPeer(id: string, { peer }: Factors): Complaint[] {
  if (isStack(peer)) return []
  const problem = `cell "${id}" has a Linux peer, which knows no composite protocols`
  return [{ path: ['cells'], problem, remedy: "give it a peer of ours, e.g. peer: ['sequential']" }]
}

function complaintsAboutLength(id: string, { segmentBytes, datagramBytes = 0 }: Factors): Complaint[] {
  const most = segmentBytes === undefined ? longestBytes : Math.min(longestBytes, segmentBytes + 8)
  if (datagramBytes <= most) return []
  const problem = `cell "${id}" has messages that do not fit its link`
  return [{ path: ['cells'], problem, remedy: `use at most ${most} bytes there` }]
}
