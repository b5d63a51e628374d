/**
 * Requests and responses over TCP: a client keeps a number of requests under way on each connection, and a server
 * answers each with as many bytes. Amounts are in seconds, not in transactions, whose number in a second differs
 * between cells by a factor of a thousand.
 */
import { z } from 'zod'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutPlacing } from '../one-way.ts'
import { specify } from '../specification.ts'
import { complaintsAboutUnknownLength } from '../unknown-length.ts'
import { transactionMeasures } from './measures.ts'

const seconds = z.number().min(0.1).max(60)

export const requestResponse = specify({
  settings: z.strictObject({
    kind: z.literal('request-response'),
    /** How long each sample measures. */
    seconds,
    /** How long a stack's process works before its first sample (not in a quick run); with `linux`, before every sample. */
    warmupSeconds: seconds,
  }),
  factors: { required: ['role', 'messageBytes', 'depth'], optional: ['connections'] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  overTcp: true,
  measures: namesOf(transactionMeasures),
  mostRecorded: 0.5,
  isPredictable: () => false,

  complaintsAbout: (_settings, cell) => [
    ...complaintsAboutUnknownLength(cell),
    ...complaintsAboutPlacing(cell),
  ],

  plan({ seconds, warmupSeconds }, { role = 'server', messageBytes = 1, depth = 1, connections = 1 }) {
    return {
      options: { role, messageBytes, depth, connections },
      amount: { warmup: warmupSeconds, measured: seconds },
      connections,
    }
  },
})

export type RequestResponseOptions = ReturnType<typeof requestResponse.plan>['options']
