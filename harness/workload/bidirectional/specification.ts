/**
 * Bulk transfer in both directions of one TCP connection at the same time, as fast as both ends can. Amounts are in
 * bytes of each direction.
 */
import { z } from 'zod'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { amountOf, complaintsAboutBytes, transferSizes } from '../bytes-by-work.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutPlacing } from '../one-way.ts'
import { specify } from '../specification.ts'
import { bidirectionalMeasures } from './measures.ts'

export const bidirectional = specify({
  settings: z.strictObject({ kind: z.literal('bidirectional'), ...transferSizes }),
  factors: { required: [], optional: [] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  overTcp: true,
  measures: namesOf(bidirectionalMeasures),
  mostRecorded: 24 * 2 ** 20,
  isPredictable: () => false,
  complaintsAbout: (settings, cell) => [
    ...complaintsAboutBytes(settings, cell),
    ...complaintsAboutPlacing(cell),
  ],
  plan: (settings, factors) => ({ options: {}, amount: amountOf(settings, factors) }),
})
