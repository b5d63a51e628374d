/**
 * A bulk transfer of the stack beside another one: both senders, ours and an unmodified Linux host (`rival`), share a link on
 * the way to their receivers (`peer`, `rival-peer`). What is measured is how they share it. Amounts are in seconds.
 */
import { z } from 'zod'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutSender } from '../one-way.ts'
import { specify } from '../specification.ts'
import { complaintsAboutUnknownLength } from '../unknown-length.ts'
import { besideLinuxMeasures } from './measures.ts'

export const besideLinux = specify({
  settings: z.strictObject({
    kind: z.literal('beside-linux'),
    /** How long each sample measures; both flows are under way all the time. */
    seconds: z.number().min(0.1).max(60),
    /** How long a stack's process sends before its first sample (not in a quick run); with `linux`, before every sample. */
    warmupSeconds: z.number().min(0).max(60),
  }),
  factors: { required: [], optional: [] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  overTcp: true,
  hosts: ['rival', 'rival-peer'],
  measures: namesOf(besideLinuxMeasures),
  mostRecorded: 2,
  isPredictable: () => false,

  complaintsAbout: (_settings, cell) => [
    ...complaintsAboutUnknownLength(cell),
    ...complaintsAboutSender(cell),
  ],

  plan: ({ seconds, warmupSeconds }) => ({
    options: {},
    amount: { warmup: warmupSeconds, measured: seconds },
  }),
})
