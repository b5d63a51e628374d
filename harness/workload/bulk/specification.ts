/**
 * Bulk transfer: a stream of bytes in one direction over one TCP connection or several, as fast as both ends can.
 * Amounts are in bytes.
 */
import { z } from 'zod'
import { strategySchema } from '../../matrix/factor.ts'
import { factorSchemas } from '../../matrix/factors.ts'
import { amountOf, complaintsAboutBytes, transferSizes } from '../bytes-by-work.ts'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { bulkMeasures } from './measures.ts'

export const bulk = specify({
  settings: z.strictObject({
    kind: z.literal('bulk'),
    /** For cells without the factor `direction`. */
    direction: factorSchemas.direction,
    ...transferSizes,
  }),
  factors: { required: [], optional: ['direction', 'connections'] },
  strategies: strategySchema.options,
  usesNetwork: true,
  facesStacks: true,
  measures: namesOf(bulkMeasures),
  mostRecorded: 48 * 2 ** 20,

  isPredictable: ({ direction }) => direction === 'send',

  complaintsAbout: complaintsAboutBytes,

  plan(settings, factors) {
    const { direction = settings.direction, connections = 1 } = factors
    return { options: { direction, connections }, amount: amountOf(settings, factors), connections }
  },
})

export type BulkOptions = ReturnType<typeof bulk.plan>['options']
