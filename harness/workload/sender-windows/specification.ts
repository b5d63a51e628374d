/**
 * A Linux host sends a stream to the stack for some time, and its congestion window, the bytes in flight and the stack's
 * receive window are recorded. Amounts are in seconds.
 */
import { z } from 'zod'
import { stacksAndLinux } from '../../matrix/factor.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutReceiver } from '../one-way.ts'
import { specify } from '../specification.ts'
import { complaintsAboutUnknownLength } from '../unknown-length.ts'
import { windowMeasures } from './measures.ts'

export const senderWindows = specify({
  settings: z.strictObject({
    kind: z.literal('sender-windows'),
    /** How long each sample measures. */
    seconds: z.number().min(0.1).max(10),
    /** How long a stack's process receives before its first sample (not in a quick run); with `linux`, before every sample. */
    warmupSeconds: z.number().min(0).max(10),
  }),
  factors: { required: [], optional: [] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  overTcp: true,
  measures: namesOf(windowMeasures),
  mostRecorded: 2,
  isPredictable: () => false,
  complaintsAbout: (_settings, cell) => [
    ...complaintsAboutUnknownLength(cell),
    ...complaintsAboutReceiver(cell),
  ],
  plan: ({ seconds, warmupSeconds }) => ({
    options: {},
    amount: { warmup: warmupSeconds, measured: seconds },
  }),
})
