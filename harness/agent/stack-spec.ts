/** How the harness specifies a stack, and what happens to its replicas. Names are those of the stack's own options. */
import { z } from 'zod'
import {
  claimFactors,
  coalescingFactors,
  emissionFactors,
  ownershipFactors,
  placementFactors,
  readerFactors,
  verificationFactors,
} from '../../stack/factors.ts'

const workers = z.int().min(1).max(64)

/** `StrategyOption` of the stack; the stack itself refuses what cannot be combined. */
const strategySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sequential') }),
  z.strictObject({
    kind: z.literal('replicated'),
    replicas: workers,
    claim: z.enum(claimFactors).exactOptional(),
    chunk: z.int().positive().exactOptional(),
    ownership: z.enum(ownershipFactors).exactOptional(),
    emission: z.enum(emissionFactors).exactOptional(),
    reader: z.enum(readerFactors).exactOptional(),
    checkAhead: z.int().nonnegative().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('locked'),
    workers,
    lock: z.enum(['spin', 'ticket', 'parking']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('sharded'), workers }),
  z.strictObject({ kind: z.literal('pipelined'), workers }),
])

/** What happens to frames on the way, in both directions; the stack's own `ImpairmentOption`. */
export const impairmentSchema = z.strictObject({
  seed: z.int(),
  delayMicros: z.number().exactOptional(),
  jitterMicros: z.number().exactOptional(),
  lossProbability: z.number().exactOptional(),
  duplicationProbability: z.number().exactOptional(),
  reorderProbability: z.number().exactOptional(),
  reorderDelayMicros: z.number().exactOptional(),
  corruptionProbability: z.number().exactOptional(),
  rateBitsPerSecond: z.number().exactOptional(),
  queueBytes: z.number().exactOptional(),
})

/** The options of a stack, except its device and the options that the workload's application chooses. */
export const stackSpecSchema = z.strictObject({
  strategy: strategySchema,
  payloadWork: z.enum(['none', 'copy', 'checksum', 'cipher']),
  verification: z.enum(verificationFactors).exactOptional(),
  coalescing: z.enum(coalescingFactors).exactOptional(),
  idle: z.enum(['spin', 'backoff', 'park']).exactOptional(),
  placement: z.enum(placementFactors).exactOptional(),
  slotCount: z.int().positive().exactOptional(),
  digestStride: z.int().nonnegative().exactOptional(),
  /** This host in CIDR notation. */
  address: z.string(),
  /** Largest IP packet, in bytes; if absent, the largest that fits into a frame, at most 1500. */
  mtuBytes: z.int().positive().exactOptional(),
  /** Of the path between the stack and the topology's wire. */
  impairment: impairmentSchema.exactOptional(),
  /** File for the log of the requests. It is complete when the stack has ended, as is a capture: such a stack does one task. */
  recordPath: z.string().exactOptional(),
  /** Directory for packet captures; none if absent. */
  captureDirectory: z.string().exactOptional(),
  /** Bytes that a capture keeps of each frame; all if absent. */
  captureSnapBytes: z.int().positive().exactOptional(),
  /** Bytes of a capture that a thread holds before it writes them. */
  captureBufferBytes: z.int().nonnegative().exactOptional(),
  /** Directory for the description of replicas that differ. */
  dumpDirectory: z.string().exactOptional(),
  congestionControl: z.enum(['newreno', 'cubic']).exactOptional(),
})

export type StackSpec = z.infer<typeof stackSpecSchema>

const share = z.number().min(0).max(1)

/** What happens to replicas during a task. */
export const disturbanceSchema = z.discriminatedUnion('kind', [
  /** The replica's thread ends at once; another takes its place. */
  z.strictObject({
    kind: z.literal('kill'),
    moments: z.array(share),
    victims: z.array(z.int().nonnegative()),
  }),
  /** The replica's thread sleeps. */
  z.strictObject({
    kind: z.literal('stall'),
    millis: z.int().positive(),
    /** When: shares of the task that are done, 0 … 1, in increasing order. */
    moments: z.array(share),
    /** Which replica, for each moment: an index into the living replicas, taken modulo their number. */
    victims: z.array(z.int().nonnegative()),
  }),
])

export type Disturbance = z.infer<typeof disturbanceSchema>
