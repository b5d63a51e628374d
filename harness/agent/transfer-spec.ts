/**
 * What the harness asks of the stack's container, and what it gets back: one JSON object a line. Both ends read
 * it through these schemas, so that a change on one side alone fails loudly.
 */
import { z } from 'zod'
import { disturbedSchema, pathSchema } from '../result/sample.ts'

const workers = z.int().min(1).max(64)

/** `StrategyOption` of the stack; the stack itself refuses what cannot be combined. */
const strategySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sequential') }),
  z.strictObject({
    kind: z.literal('replicated'),
    replicas: workers,
    claim: z.enum(['action', 'request']).exactOptional(),
    chunk: z.int().positive().exactOptional(),
    ownership: z.enum(['first', 'rotation']).exactOptional(),
    emission: z.enum(['relaxed', 'ordered']).exactOptional(),
    reader: z.enum(['rotating', 'dedicated', 'per-queue']).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('locked'),
    workers,
    lock: z.enum(['spin', 'ticket', 'parking']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('sharded'), workers }),
  z.strictObject({ kind: z.literal('pipelined'), workers }),
])

/** What happens to frames on the way, both ways; the stack's own `ImpairmentOption`. */
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

/** What a stack's process is made with; transfers with equal ones can share a process. */
export const stackSpecSchema = z.strictObject({
  strategy: strategySchema,
  payloadWork: z.enum(['copy', 'checksum', 'cipher']),
  verification: z.enum(['claimed', 'before', 'trusted']).exactOptional(),
  idle: z.enum(['spin', 'backoff', 'park']).exactOptional(),
  slotCount: z.int().positive().exactOptional(),
  digestStride: z.int().nonnegative().exactOptional(),
  /** This host in CIDR notation. */
  address: z.string(),
  /** Largest IP packet; what fits a frame, at most 1500, if absent. */
  mtuBytes: z.int().positive().exactOptional(),
  /** Of the path between the stack and the topology's wire. */
  impairment: impairmentSchema.exactOptional(),
  /** File for the log of its channel, whole when the stack has ended: such a stack makes one transfer. */
  recordPath: z.string().exactOptional(),
  /** Directory for packet captures; none if absent. */
  captureDirectory: z.string().exactOptional(),
  /** Directory for the description of replicas that differ. */
  dumpDirectory: z.string().exactOptional(),
  congestionControl: z.enum(['newreno', 'cubic']).exactOptional(),
})

export type StackSpec = z.infer<typeof stackSpecSchema>

const share = z.number().min(0).max(1)

/** What happens to replicas during a transfer. */
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
    /** When: the share of the bytes that have arrived, in increasing order. */
    moments: z.array(share),
    /** Whom, at each moment: a number, modulo the replicas that live. */
    victims: z.array(z.int().nonnegative()),
  }),
])

export type Disturbance = z.infer<typeof disturbanceSchema>

export const transferSpecSchema = z.strictObject({
  stack: stackSpecSchema,
  /** Which way the application's bytes go, as seen from the stack. */
  direction: z.enum(['send', 'receive']),
  peerAddress: z.string(),
  port: z.int().min(1).max(65_535),
  /** Opened one after the other, used at the same time. */
  connections: z.int().min(1).max(1024),
  /** Bytes of each connection before its measurement begins, and those measured. */
  warmupBytes: z.int().nonnegative(),
  transferBytes: z.int().positive(),
  /** File whose bytes, repeated, are the stream. */
  patternPath: z.string(),
  disturbance: disturbanceSchema.exactOptional(),
  /** Seconds after which a transfer that does not end is given up. */
  timeoutSeconds: z.number().positive(),
})

export type TransferSpec = z.infer<typeof transferSpecSchema>

export const transferResultSchema = z.strictObject({
  /** Application bytes over all connections, warm-up included. */
  bytes: z.int().nonnegative(),
  /** Received bytes that were compared and equal; 0 when sending, where the peer compares. */
  bytesVerified: z.int().nonnegative(),
  /** Position in its connection of the first byte that differed; null if none did. */
  firstMismatch: z.int().nonnegative().nullable(),
  /** Application bytes after the warm-up, and the time they took at this end. */
  measuredBytes: z.int().nonnegative(),
  measuredMicros: z.number().nonnegative(),
  cpuMicros: z.number().nonnegative(),
  maxResidentBytes: z.number().nonnegative(),
  divergences: z.int().nonnegative(),
  digestsCompared: z.int().nonnegative(),
  digestsMissed: z.int().nonnegative(),
  /** The protocol machine's own counters by name. */
  protocol: z.record(z.string(), z.number()),
  perReplica: z.array(z.record(z.string(), z.number())),
  framesIn: z.int().nonnegative(),
  framesOut: z.int().nonnegative(),
  /** What an impaired path did to frames, as seen from the stack. */
  path: pathSchema.exactOptional(),
  disturbed: disturbedSchema.exactOptional(),
  note: z.string(),
  /** What the process printed besides since its last result: with `--trace-gc`, its garbage collections. */
  output: z.array(z.string()),
})

export type TransferResult = z.infer<typeof transferResultSchema>

export const serveSpecSchema = z.strictObject({
  replicas: z.int().min(1).max(64),
  /** This host in CIDR notation. */
  address: z.string(),
  port: z.int().min(1).max(65_535),
})

export type ServeSpec = z.infer<typeof serveSpecSchema>

/** Requests of fixed costs on the framework alone; see `runModel`. */
export const modelSpecSchema = z.strictObject({
  /** 0: one plain loop, without a channel. */
  replicas: z.int().min(0).max(64),
  costs: z.strictObject({ stateRounds: z.int().nonnegative(), payloadRounds: z.int().nonnegative() }),
  requests: z.int().positive(),
  warmupRequests: z.int().nonnegative(),
})

export type ModelSpec = z.infer<typeof modelSpecSchema>

export const modelResultSchema = z.strictObject({
  requests: z.int(),
  micros: z.number().positive(),
  performedOnce: z.int().nonnegative(),
  digestsCompared: z.int().nonnegative(),
  divergences: z.int().nonnegative(),
  cpuMicros: z.number().nonnegative(),
  maxResidentBytes: z.number().nonnegative(),
})

export type ModelMeasurement = z.infer<typeof modelResultSchema>

/** From the harness to the agent: move one stream; run the model; end all stacks' processes; serve pages until the agent ends. */
export const agentCommandSchema = z.union([
  z.strictObject({ id: z.int(), transfer: transferSpecSchema }),
  z.strictObject({ id: z.int(), model: modelSpecSchema }),
  z.strictObject({ id: z.int(), retire: z.literal(true) }),
  z.strictObject({ id: z.int(), serve: serveSpecSchema }),
])

export type AgentCommand = z.infer<typeof agentCommandSchema>

/** From the agent to the harness. */
export const agentEventSchema = z.discriminatedUnion('event', [
  /** The device is open: the interface of this name, in the agent's network namespace. */
  z.strictObject({ event: z.literal('ready'), interface: z.string() }),
  z.strictObject({ event: z.literal('result'), id: z.int(), result: transferResultSchema }),
  z.strictObject({ event: z.literal('modelled'), id: z.int(), result: modelResultSchema }),
  z.strictObject({ event: z.literal('retired'), id: z.int() }),
  z.strictObject({ event: z.literal('serving'), id: z.int() }),
  z.strictObject({
    event: z.literal('failed'),
    id: z.int(),
    reason: z.string(),
    remedy: z.string(),
    /** Set if replicas whose states differed were the reason. */
    divergences: z.int().positive().exactOptional(),
  }),
  /** The agent itself cannot go on. */
  z.strictObject({ event: z.literal('fatal'), reason: z.string(), remedy: z.string() }),
])

export type AgentEvent = z.infer<typeof agentEventSchema>
