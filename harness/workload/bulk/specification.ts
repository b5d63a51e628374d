/**
 * Bulk transfer: a stream of bytes in one direction over one TCP connection or several, as fast as both ends can. Its unit
 * is the byte.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaint.ts'
import { strategySchema } from '../../matrix/factor.ts'
import { type Factors, factorSchemas } from '../../matrix/factors.ts'
import { specify } from '../specification.ts'

const bytes = z.int().positive()

/** By payload work; cells of the kernel's own stack have none. */
const bytesByWork = z.strictObject(
  z.object({ checksum: bytes, copy: bytes, cipher: bytes, linux: bytes }).partial().shape,
)

export const bulk = specify({
  settings: z.strictObject({
    kind: z.literal('bulk'),
    /** In cells that do not say it. */
    direction: factorSchemas.direction,
    /** What each sample measures. */
    transferBytes: bytesByWork,
    /** What a stack's process transfers before its first sample (a quarter in a quick run); with `linux`, the first bytes of every sample. */
    warmupBytes: bytesByWork,
  }),
  factors: { required: [], optional: ['direction', 'connections'] },
  strategies: strategySchema.options,
  usesNetwork: true,
  measures: [
    'goodputMbps',
    'stackSecondsPerGigabyte',
    'peerSecondsPerGigabyte',
    'retransmits',
    'spuriousRetransmits',
    'outOfOrder',
    'duplicateAcks',
  ],
  mostRecorded: 48 * 2 ** 20,

  isPredictable: ({ direction }) => direction === 'send',

  complaintsAbout(settings, { id, factors }) {
    return (['transferBytes', 'warmupBytes'] as const).flatMap((field): Complaint[] => {
      const key = keyOf(factors)
      if (settings[field][key] !== undefined) return []
      const problem = `missing, though cell "${id}" needs it`
      return [{ path: ['workload', field, key], problem, remedy: 'give a number of bytes' }]
    })
  },

  plan(settings, factors) {
    const { direction = settings.direction, connections = 1 } = factors
    const key = keyOf(factors)
    return {
      options: { direction, connections },
      amount: { warmup: settings.warmupBytes[key] ?? 0, measured: settings.transferBytes[key] ?? 0 },
    }
  },
})

export type BulkOptions = ReturnType<typeof bulk.plan>['options']

function keyOf({ strategy, payloadWork = 'checksum' }: Factors) {
  return strategy === 'linux' ? 'linux' : payloadWork
}
