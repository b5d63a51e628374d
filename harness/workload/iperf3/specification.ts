/**
 * Tests of an unmodified iperf3 at the peer against a server on our stack that speaks its protocol. Amounts are in
 * bytes. A test of its own settles, since iperf3 can leave out only whole seconds.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { bulkMeasures } from '../bulk/measures.ts'
import { amountOf, complaintsAboutBytes, transferSizes } from '../bytes-by-work.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutReceiver, complaintsAboutSender } from '../one-way.ts'
import { specify } from '../specification.ts'
import { streamsLimit } from './protocol.ts'

export const iperf3 = specify({
  settings: z.strictObject({ kind: z.literal('iperf3'), ...transferSizes }),
  factors: { required: ['direction'], optional: ['connections'] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  measures: namesOf(bulkMeasures),
  mostRecorded: 48 * 2 ** 20,
  isPredictable: () => false,

  complaintsAbout(settings, cell) {
    const { id, factors } = cell
    const complaints: Complaint[] = complaintsAboutBytes(settings, cell)
    const complaintsAboutWay = factors.direction === 'send' ? complaintsAboutSender : complaintsAboutReceiver
    complaints.push(...complaintsAboutWay(cell))
    const refuse = (problem: string, remedy: string) =>
      complaints.push({ path: ['cells'], problem: `cell "${id}" ${problem}`, remedy })
    if (factors.payloadWork === 'cipher')
      refuse('would encipher what iperf3 sends in clear, also its control messages', 'use checksum or copy')
    if (factors.strategy === 'linux' && (factors.connections ?? 1) > 1)
      refuse('has iperf3 at both ends, which writes all streams to one file', 'leave out its connections')
    if ((factors.connections ?? 1) > streamsLimit)
      refuse('has more streams than a test', `use at most ${streamsLimit} connections`)
    return complaints
  },

  plan(settings, factors) {
    const { direction = 'receive', connections = 1 } = factors
    return { options: { direction, connections }, amount: amountOf(settings, factors) }
  },
})

export type Iperf3Options = ReturnType<typeof iperf3.plan>['options']
