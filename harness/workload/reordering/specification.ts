/**
 * How far the segments of a stream arrive out of order: a short bulk transfer from the stack, with a capture at the peer.
 * Amounts are in bytes.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { amountOf, complaintsAboutBytes, transferSizes } from '../bytes-by-work.ts'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { reorderingMeasures } from './measures.ts'

/** A capture has 144 bytes a segment: with segments of 536 bytes it is then as large as the kernel's buffer for it. */
const mostBytes = 128 * 2 ** 20

export const reordering = specify({
  settings: z.strictObject({ kind: z.literal('reordering'), ...transferSizes }),
  factors: { required: [], optional: [] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  measures: namesOf(reorderingMeasures),
  mostRecorded: 48 * 2 ** 20,

  isPredictable: () => false,

  complaintsAbout(settings, cell): Complaint[] {
    const { measured } = amountOf(settings, cell.factors)
    const complaints = complaintsAboutBytes(settings, cell)
    if (measured <= mostBytes) return complaints
    const problem = `more than the ${mostBytes} bytes whose segments a capture holds`
    return [...complaints, { path: ['workload', 'transferBytes'], problem, remedy: 'give less' }]
  },

  plan: (settings, factors) => ({ options: {}, amount: amountOf(settings, factors) }),
})
