/**
 * The schema of `manifest.json`: all that has to be known about a run to read, judge and repeat it. Written by the
 * runner when the run starts, after every round, and when it ends. Invariant: `complete` is true only if no sample that was
 * planned is missing, failed or void, no cell was disturbed in all of its samples, and every planned prediction was made. That a
 * stack of others failed in a sample is a finding, and told as a notice.
 */
import { z } from 'zod'
import { experimentSchema } from '../matrix/experiment.ts'

/** Raised whenever a reader of older runs would misread newer ones. */
export const schemaVersion = 3

const text = z.string()

export const machineSchema = z.strictObject({
  /** Processors that this machine lets the run use. */
  cores: z.int().positive(),
  cpuModel: text,
  memoryBytes: z.int().positive(),
  kernel: text,
  architecture: text,
  nodeVersion: text,
  /** Null: no Docker daemon answered. */
  dockerVersion: text.nullable(),
})

/** Cells by experiment, in the order of the definitions. */
const cellsSchema = z.record(text, z.array(text))

/** Which part of a matrix that is split over machines a run has measured; see `harness/shards`. */
export const shardSchema = z.strictObject({
  /** From 1 to `count`. */
  index: z.int().positive(),
  count: z.int().positive(),
  /** Of the whole matrix, so that whoever joins the shards sees what is missing. */
  cells: cellsSchema,
})

/** A shard as the run that it was merged into remembers it. */
const mergedShardSchema = z.strictObject({
  index: z.int().positive(),
  run: text,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  machine: machineSchema,
  /** Those measured on that machine. */
  cells: cellsSchema,
})

export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  run: text,
  profile: z.enum(['full', 'quick']),
  startedAt: z.iso.datetime(),
  /** When it was gone on with, after it had been interrupted or killed. */
  resumedAt: z.array(z.iso.datetime()).default([]),
  /** Null while the run is under way. */
  endedAt: z.iso.datetime().nullable(),
  complete: z.boolean(),
  /** Why the run is not complete; empty if it is. */
  remarks: z.array(text),
  /** Logs of channels are kept, to be replayed. */
  records: z.boolean().default(false),
  /** Orders the cells of each round and seeds every sample. */
  seed: z.int().nonnegative(),
  source: z.strictObject({
    /** Null outside a git work tree. */
    commit: text.nullable(),
    /** Uncommitted changes were present. */
    dirty: z.boolean(),
    /** Names them: equal changes have equal names. Null if there are none, or if they cannot be read. */
    changes: text.nullable().default(null),
  }),
  machine: machineSchema,
  /** What the sampler found in each topology: its `drawing`, and the peer's kernel settings and versions by name. */
  topologies: z.record(text, z.record(text, text)),
  /** Every command that was run, in order. */
  commands: z.array(z.strictObject({ at: z.iso.datetime(), command: text })),
  experiments: z.array(experimentSchema),
  /** What a reader has to know first, though the run may be complete: that it was disturbed, for example. */
  notices: z.array(text).default([]),
  /** How long the run might take; null: as long as it needed. */
  budgetMinutes: z.number().positive().nullable().default(null),
  /** Samples taken, and those that were sure to come when this was written. */
  samplesPlanned: z.int().nonnegative(),
  /** Absent if the run measured the whole matrix. `experiments` then hold the cells of this shard only. */
  shard: shardSchema.exactOptional(),
  /** What the run was merged from; absent if it was measured as a whole. */
  mergedFrom: z.array(mergedShardSchema).exactOptional(),
})

export type Machine = z.infer<typeof machineSchema>

/** Machines that agree on these are of one kind: transfers do not fill memory, and do not pass through Docker. */
export const kindFields = [
  'cores',
  'cpuModel',
  'architecture',
  'kernel',
  'nodeVersion',
] as const satisfies readonly (keyof Machine)[]

/** Whether a run was measured on machines of several kinds. */
export function isMixed({ mergedFrom = [] }: Pick<Manifest, 'mergedFrom'>): boolean {
  return (
    new Set(mergedFrom.map(({ machine }) => JSON.stringify(kindFields.map((name) => machine[name])))).size > 1
  )
}

export type Manifest = z.infer<typeof manifestSchema>
export type Profile = Manifest['profile']
export type Shard = z.infer<typeof shardSchema>
export type MergedShard = z.infer<typeof mergedShardSchema>
