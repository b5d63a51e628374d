/** What the measuring programs of the simulation (`stack/sim/index.ts`) answer, as the harness reads it. */
import { z } from 'zod'

const number = z.number()
const threadTime = z.object({ ranMicros: number, waitedMicros: number })

const meter = z.object({
  count: z.record(z.string(), number),
  meanNanos: z.record(z.string(), number),
  stalls: number,
  scatter: z.array(number),
})

const transferCost = z.object({
  bytes: number,
  micros: number,
  application: threadTime,
  peer: threadTime,
  stack: z.array(threadTime),
  meters: z.array(meter),
  timerNanos: number,
})

export const readySchema = z.object({ event: z.literal('ready') })

export const contextSampleSchema = z.object({
  event: z.literal('sample'),
  plain: transferCost,
  metered: transferCost,
})

export const probeSampleSchema = z.object({
  event: z.literal('sample'),
  probe: z.string(),
  threads: z.array(z.record(z.string(), number)),
})

export type Meter = z.infer<typeof meter>
export type ContextSample = z.infer<typeof contextSampleSchema>
export type ProbeSample = z.infer<typeof probeSampleSchema>

export const contexts = ['checksum', 'cipher', 'receive', 'two', 'locked'] as const
export type ContextName = (typeof contexts)[number]

export const probeNames = [
  'payload-copy',
  'payload-checksum',
  'payload-cipher',
  'together-copy',
  'together-checksum',
  'together-cipher',
  'channel',
  'claims',
  'lines',
  'lock-alone',
  'lock-contended',
  'stalls',
  'wake-wait',
  'wake-poll',
] as const
export type ProbeName = (typeof probeNames)[number]

/** One repetition: everything measured once, in random order. */
export interface Repetition {
  readonly contexts: Readonly<Record<ContextName, ContextSample>>
  readonly probes: Readonly<Record<ProbeName, ProbeSample>>
}
