/**
 * What controls how much a connection may send, compared between machines: a transfer over a lossy path is recorded in
 * virtual time, then its log is applied by N replicas on threads, without a network. Amounts are in bytes of the transfer.
 */
import { z } from 'zod'
import { namesOf } from '../measuring.ts'
import { specify } from '../specification.ts'
import { windowMeasures } from './measures.ts'

export const windows = specify({
  settings: z.strictObject({
    kind: z.literal('windows'),
    /** Of the transfer that each sample records and applies again, less in a quick run; another one in every round. */
    transferBytes: z
      .int()
      .positive()
      .max(16 * 2 ** 20),
  }),
  factors: { required: [], optional: [] },
  strategies: ['replicated'],
  usesNetwork: false,
  measures: namesOf(windowMeasures),
  mostRecorded: 0,
  isPredictable: () => false,
  complaintsAbout: () => [],

  plan({ transferBytes }, { replicas = 1 }) {
    return { options: { replicas }, amount: { warmup: 0, measured: transferBytes } }
  },
})

export type WindowsOptions = ReturnType<typeof windows.plan>['options']
