/**
 * The schema of `costs.json`: what operations cost on one machine, measured by `make calibrate` and read by the virtual
 * cores (`stack/sim/cores`). Units are in the names; every number comes with the 95 % confidence interval of its median.
 * Invariant: low ≤ value ≤ high.
 */
import { z } from 'zod'
import { quantityNames } from '../../stack/sim/index.ts'
import { machineSchema } from '../result/manifest.ts'

/** Raised whenever a reader of older files would misread newer ones. */
export const costsVersion = 3

export const quantitySchema = z.strictObject({
  /** Median over the repetitions. */
  value: z.number().nonnegative(),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
})

/** Measured for people who read the file; the virtual cores do not use them. */
export const furtherMeanings = {
  lineNanos: 'memory: reading a line that another processor wrote last',
  wakePollNanos: 'wake-up: until the sleeper runs (ppoll)',
  lockContendedNanos: 'lock: taking and giving back, two threads at it',
  copySegmentNanos: 'payload work: copy, 1448 bytes',
  checksumSegmentNanos: 'payload work: copy and checksum, 1448 bytes',
  cipherSegmentNanos: 'payload work: copy, AES-128 and checksum, 1448 bytes',
  sequentialSegmentNanos: 'whole: a segment in the sequential stack, processor time of its thread at work',
  replicatedSegmentNanos: 'whole: a segment in two replicas, processor time of both threads at work',
} as const

export type FurtherName = keyof typeof furtherMeanings
export const furtherNames = Object.keys(furtherMeanings) as readonly FurtherName[]
export type Quantity = z.infer<typeof quantitySchema>

const pieceSchema = z.strictObject({
  /** Cost of a piece of payload whatever its size, and cost of each byte. Fitted over pieces of 64 to 1448 bytes. */
  fixedNanos: quantitySchema,
  byteNanos: quantitySchema,
  /** How many times longer the work takes while another processor does the same; at least 1. */
  contentionTimes: quantitySchema,
})

const record = <Name extends string>(names: readonly Name[]) => z.record(z.enum(names), quantitySchema)

export const costsFileSchema = z.strictObject({
  costsVersion: z.literal(costsVersion),
  measuredAt: z.iso.datetime(),
  seconds: z.number().positive(),
  machine: machineSchema,
  /** Load average of the minute before the calibration: if it is not small, something else ran. */
  loadAverage: z.number().nonnegative(),
  repetitions: z.int().positive(),
  quantities: record(quantityNames),
  further: record(furtherNames),
  payload: z.strictObject({ copy: pieceSchema, checksum: pieceSchema, cipher: pieceSchema }),
  stalls: z.strictObject({
    /** Interruptions of a spinning thread that last longer than 15 µs; their lengths at equally spaced quantiles. */
    perSecond: quantitySchema,
    lengthMicros: z.array(z.number().nonnegative()),
  }),
  /** Durations of single operations over their mean, at equally spaced quantiles; mean 1. */
  scatter: z.array(z.number().nonnegative()).min(1),
})

export type CostsFile = z.infer<typeof costsFileSchema>
