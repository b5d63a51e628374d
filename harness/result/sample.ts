/**
 * The schema of a sample: one repetition of one cell, one line of `samples.ndjson`. Written by the runner,
 * read by the summary and the report. Quantities that a strategy cannot observe are null, never 0.
 * Invariant: a sample either was measured, with all quantities, or failed, with a reason and a remedy.
 */
import { z } from 'zod'
import { interferenceSchema } from '../fidelity/interference.ts'
import { factorsSchema } from '../matrix/factors.ts'
import { measuredSchema } from '../measure/measures.ts'

const count = z.int().nonnegative()
const unknownCount = count.nullable()
const sides = z.strictObject({
  stack: z.number().nonnegative().nullable(),
  peer: z.number().nonnegative().nullable(),
})

/** What became of a transfer whose replicas were killed or stalled. Times in milliseconds since it began. */
export const disturbedSchema = z.strictObject({
  /** Bytes that had arrived at every step, from 0. */
  stepMillis: z.number().positive(),
  bytes: z.array(count),
  events: z.array(
    z.strictObject({
      kind: z.enum(['kill', 'stall']),
      replica: count,
      atMillis: z.number(),
      /** When a killed replica's successor had joined, or when a stall had been ordered. */
      recoveredMillis: z.number(),
      /** The longest time without a byte after it. */
      gapMillis: z.number().nonnegative(),
    }),
  ),
})

/** The windows of a connection over time, as its sender saw them. Times in milliseconds since its first look. */
export const windowSeriesSchema = z.strictObject({
  /** When the measurement began, which the means are of. */
  settledMillis: z.number().nonnegative(),
  /** Time; bytes of the congestion window, in flight, and of the receive window. */
  points: z.array(z.array(z.number().nonnegative()).length(4)).min(1).max(2000),
})

const pathDirectionSchema = z.strictObject({
  /** Frames that were put onto the path, and those that left it at its other end, duplicates included. */
  written: count,
  delivered: count,
  /** Frames that had to wait on the path. */
  delayed: count,
  lost: count,
  duplicated: count,
  /** Held back so that later frames overtook them. */
  reordered: count,
  /** One bit of them was flipped. */
  corrupted: count,
  /** Lost because the queue of a link with a rate was full. */
  queueDrops: count,
  /** Lost because the path held too many frames, or because the next device had no room. */
  refused: count,
})

/** What an impaired path did to the frames of a transfer, its beginning and end included, as seen from the stack. */
export const pathSchema = z.strictObject({ outgoing: pathDirectionSchema, incoming: pathDirectionSchema })

/** The processors that each of the stack's threads could use, as the kernel listed them: `0-1`. */
export const processorsSchema = z.array(z.string())

/** What was sent and what arrived during a whole sample, including the time before its measurement. */
const deliverySchema = z.strictObject({
  /** What is counted: bytes, requests, datagrams. */
  unit: z.string(),
  sent: count,
  received: count,
  /** Received, compared with what was expected, and found equal. */
  verified: count,
  /** Set where the service does not promise delivery: then a loss is not a fault. */
  mayBeLost: z.literal(true).exactOptional(),
})

/** What a sampler measured in one sample. */
export const measurementSchema = z.strictObject({
  /** The measures of the cell's workload. */
  measures: measuredSchema,
  deliveries: z.array(deliverySchema).min(1),
  /** How long the measurement took. */
  measuredMicros: z.number().positive(),

  /** Processor time over the whole sample, user and system together. */
  cpuMicros: sides,
  /** Largest resident memory. */
  memoryBytes: sides,

  /** State digests that differed at equal channel index: anything but 0 voids the sample. */
  divergences: count,
  digestsCompared: count,
  /** Digests that were overwritten before all replicas could compare theirs. */
  digestsMissed: count,

  /** Requests that the channel (or the sequential loop) carried. */
  requests: unknownCount,
  framesIn: unknownCount,
  framesOut: unknownCount,
  /** Counters of each replica by name: applied, checked, performed, claimsWon and the like. */
  perReplica: z.array(z.record(z.string(), z.number())),
  /** What the stack at the other end did, if it is ours. The sums above include its digests. */
  peerStack: z
    .strictObject({
      divergences: count,
      digestsCompared: count,
      perReplica: z.array(z.record(z.string(), z.number())),
    })
    .exactOptional(),
  disturbed: disturbedSchema.exactOptional(),
  windows: windowSeriesSchema.exactOptional(),
  /** Set where placement is a factor. */
  processors: processorsSchema.exactOptional(),
  /** Set where the path was impaired. */
  path: pathSchema.exactOptional(),
  /** Segments that each end retransmitted, SYNs and FINs included. */
  retransmitsOf: sides.exactOptional(),
  /** What disturbed it from outside; absent where that cannot be seen. */
  interference: interferenceSchema.exactOptional(),
  /**
   * How the Linux hosts sent, as it was found: `congestionControl`, and the kernel settings of another loss detection than the
   * current one by name. Set where a factor of the cell says so.
   */
  linuxTcp: z.record(z.string(), z.string()).exactOptional(),
  /** Anything a reader should know about this sample; empty as a rule. */
  note: z.string(),
})

const identityShape = {
  experiment: z.string(),
  cell: z.string(),
  factors: factorsSchema,
  /** Repetition, from 0. */
  round: count,
  /** Which sample of the cell in this round, from 0: one that was disturbed from outside is taken again. */
  attempt: count.default(0),
  /** Place of this sample among all of the run, from 0. */
  order: count,
  startedAt: z.iso.datetime(),
  /** With what preceded the measurement: starting containers, warming up, before a round also calibrating and the report. */
  tookMillis: z.number().nonnegative().exactOptional(),
  /** Path of the log, from the run's folder. */
  log: z.string(),
}

export const failureSchema = z.strictObject({
  reason: z.string(),
  remedy: z.string(),
  /** State digests that differed, if this ended the sample. */
  divergences: count.exactOptional(),
})

export const measuredSampleSchema = z.strictObject({
  ...identityShape,
  status: z.literal('measured'),
  ...measurementSchema.shape,
})

export const failedSampleSchema = z.strictObject({
  ...identityShape,
  status: z.literal('failed'),
  failure: failureSchema,
})

export const sampleSchema = z.discriminatedUnion('status', [measuredSampleSchema, failedSampleSchema])

export type Delivery = z.infer<typeof deliverySchema>
export type DisturbedTransfer = z.infer<typeof disturbedSchema>
export type WindowSeries = z.infer<typeof windowSeriesSchema>
export type PathEvents = z.infer<typeof pathSchema>
export type Measurement = z.infer<typeof measurementSchema>
export type Failure = z.infer<typeof failureSchema>
export type MeasuredSample = z.infer<typeof measuredSampleSchema>
export type FailedSample = z.infer<typeof failedSampleSchema>
export type Sample = z.infer<typeof sampleSchema>
