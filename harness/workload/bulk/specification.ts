/**
 * Bulk transfer: a stream of bytes in one direction over one TCP connection or several, as fast as both ends can.
 * Amounts are in bytes.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { everyStrategy, isOwn } from '../../matrix/factor.ts'
import { type Factors, factorSchemas } from '../../matrix/factors.ts'
import { amountOf, complaintsAboutBytes, type TransferSizes, transferSizes } from '../bytes-by-work.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutReceiver, complaintsAboutSender } from '../one-way.ts'
import { specify } from '../specification.ts'
import { bulkMeasures } from './measures.ts'

export const bulk = specify({
  settings: z.strictObject({
    kind: z.literal('bulk'),
    /** For cells without the factor `direction`. */
    direction: factorSchemas.direction,
    ...transferSizes,
  }),
  factors: { required: [], optional: ['direction', 'connections', 'writeBytes'] },
  strategies: everyStrategy,
  usesNetwork: true,
  overTcp: true,
  facesStacks: true,
  measures: namesOf(bulkMeasures),
  mostRecorded: 48 * 2 ** 20,

  isPredictable: ({ direction }) => direction === 'send',

  complaintsAbout: (settings, cell) => [
    ...complaintsAboutBytes(settings, cell),
    ...complaintsAboutShares(settings, cell.factors),
    ...complaintsAboutDirection(settings, cell),
  ],

  plan(settings, factors) {
    const { direction = settings.direction, connections = 1, writeBytes } = factors
    const options = { direction, connections, writeBytes }
    return { options, amount: amountOf(settings, factors), connections }
  },
})

/** Four initial windows (RFC 6928). A quick run measures a quarter, and less than one is sent before any ACK. */
const leastShareBytes = 64 * 2 ** 10

function complaintsAboutShares(settings: TransferSizes, factors: Factors): Complaint[] {
  const { connections = 1 } = factors
  const { measured } = amountOf(settings, factors)
  if (connections === 1 || measured >= connections * leastShareBytes) return []
  const problem = `less than ${leastShareBytes} bytes for each of ${connections} connections`
  const remedy = `give at least ${connections * leastShareBytes}, or fewer connections`
  return [{ path: ['workload', 'transferBytes'], problem, remedy }]
}

/** Only an end that sends has a use for congestion control and loss detection. */
function complaintsAboutDirection(
  settings: { readonly direction: NonNullable<Factors['direction']> },
  cell: { id: string; factors: Factors },
): Complaint[] {
  const { strategy, direction = settings.direction } = cell.factors
  if (!isOwn(strategy)) return []
  if (direction === 'receive') return complaintsAboutReceiver(cell)
  const needless = (['peerCongestion', 'peerRecovery'] as const).filter(
    (name) => cell.factors[name] !== undefined,
  )
  return [
    ...complaintsAboutSender(cell),
    ...needless.map((name) => ({
      path: ['cells'],
      problem: `cell "${cell.id}" has a ${name}, though only our stack sends there`,
      remedy: 'leave it out there, or use direction "receive"',
    })),
  ]
}

export type BulkOptions = ReturnType<typeof bulk.plan>['options']
