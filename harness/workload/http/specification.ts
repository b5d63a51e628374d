/**
 * An HTTP server on the stack, with an unmodified wrk at the peer that asks for one file again and again, and an
 * unmodified curl that checks files before and after. Amounts are in seconds.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutPlacing } from '../one-way.ts'
import { transactionMeasures } from '../request-response/measures.ts'
import { specify } from '../specification.ts'

/** Half of what the server keeps open: those of the run before may not have ended. */
const connectionsLimit = 64

const seconds = z.number().min(0.1).max(60)

export const http = specify({
  settings: z.strictObject({
    kind: z.literal('http'),
    /** How long wrk measures in each sample. */
    seconds,
    /** How long it asks before a stack's first sample (not in a quick run); with `linux`, before every sample. */
    warmupSeconds: seconds,
  }),
  factors: { required: ['bodyBytes'], optional: ['connections'] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  measures: namesOf(transactionMeasures),
  mostRecorded: 0.5,
  isPredictable: () => false,

  complaintsAbout(_settings, cell) {
    const { id, factors } = cell
    const { payloadWork, connections = 1 } = factors
    const complaints: Complaint[] = complaintsAboutPlacing(cell)
    const refuse = (problem: string, remedy: string) =>
      complaints.push({ path: ['cells'], problem: `cell "${id}" ${problem}`, remedy })
    if (payloadWork === 'cipher')
      refuse('would encipher what curl and wrk read in clear', 'use checksum or copy')
    if (connections > connectionsLimit)
      refuse('has more connections than the server serves', `use at most ${connectionsLimit} connections`)
    return complaints
  },

  plan({ seconds, warmupSeconds }, { bodyBytes = 1, connections = 1 }) {
    return { options: { bodyBytes, connections }, amount: { warmup: warmupSeconds, measured: seconds } }
  },
})

export type HttpOptions = ReturnType<typeof http.plan>['options']
