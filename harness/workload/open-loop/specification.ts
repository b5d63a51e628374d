/**
 * Requests by a schedule: a Linux host makes so many a second, at times drawn beforehand, whether or not earlier ones were
 * answered, and the stack is the server. In a closed loop, as in `request-response`, a slow server is asked less, and so
 * looks quicker than it is (Schroeder, Wierman and Harchol-Balter 2006). Amounts are in seconds.
 */
import { z } from 'zod'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { namesOf } from '../measuring.ts'
import { requestResponse } from '../request-response/specification.ts'
import { specify } from '../specification.ts'
import { openLoopMeasures } from './measures.ts'

const { seconds, warmupSeconds } = requestResponse.settings.shape

export const openLoop = specify({
  settings: z.strictObject({
    kind: z.literal('open-loop'),
    seconds,
    warmupSeconds,
  }),
  factors: { required: ['offeredPerSecond', 'messageBytes'], optional: ['connections'] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  measures: namesOf(openLoopMeasures),
  mostRecorded: 0.5,
  isPredictable: () => false,

  complaintsAbout(settings, cell) {
    const complaints = requestResponse.complaintsAbout({ ...settings, kind: 'request-response' }, cell)
    if (cell.factors.offeredPerSecond !== 0) return complaints
    const problem = `cell "${cell.id}" offers no request`
    return [...complaints, { path: ['cells'], problem, remedy: 'list rates above 0 as offeredPerSecond' }]
  },

  plan({ seconds, warmupSeconds }, { offeredPerSecond = 1, messageBytes = 1, connections = 1 }) {
    return {
      options: { offeredPerSecond, messageBytes, connections },
      amount: { warmup: warmupSeconds, measured: seconds },
    }
  },
})

export type OpenLoopOptions = ReturnType<typeof openLoop.plan>['options']
