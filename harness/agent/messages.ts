/**
 * What the harness asks of the agent in the stack's container, and what it gets back: one JSON object a line. Both ends
 * read it through these schemas, so that a change on one side alone fails loudly. Tasks and what is told of them are in
 * the words of their workload.
 */
import { z } from 'zod'
import { disturbedSchema, pathSchema } from '../result/sample.ts'
import { disturbanceSchema, stackSpecSchema } from './stack-spec.ts'

/** What a process of the agent's is made for; tasks with equal ones can share it. */
export const processSpecSchema = z.strictObject({
  /** One of `harness/workload/workloads.ts`. */
  workload: z.string(),
  /** Absent: the workload needs none, and has a process of its own for each task. */
  stack: stackSpecSchema.exactOptional(),
})

export type ProcessSpec = z.infer<typeof processSpecSchema>

export const workSchema = processSpecSchema.extend({
  task: z.looseObject({}),
  disturbance: disturbanceSchema.exactOptional(),
  /** The process goes on after its task, until told to rest: the other end may still need its answers. */
  staysAwake: z.literal(true).exactOptional(),
  /** Seconds after which a task that does not end is given up. */
  timeoutSeconds: z.number().positive(),
})

export type Work = z.infer<typeof workSchema>

/** In microseconds. */
const processorTimeSchema = z.strictObject({
  /** Of the application's thread. */
  application: z.number().nonnegative(),
  /** Of all others: those that run the protocol, and the engine's helpers. */
  threads: z.number().nonnegative(),
  /** Rounds of these that found nothing to do, by the clock. */
  polling: z.number().nonnegative(),
})

export type ProcessorTime = z.infer<typeof processorTimeSchema>

/** What a stack did during one task. */
const activitySchema = z.strictObject({
  divergences: z.int().nonnegative(),
  digestsCompared: z.int().nonnegative(),
  digestsMissed: z.int().nonnegative(),
  /** Processor time in the stack's process, and what part of it polled. */
  processorTime: processorTimeSchema,
  /** The protocol machine's own counters by name. */
  protocol: z.record(z.string(), z.number()),
  perReplica: z.array(z.record(z.string(), z.number())),
  framesIn: z.int().nonnegative(),
  framesOut: z.int().nonnegative(),
  /** What an impaired path did to frames, as seen from the stack. */
  path: pathSchema.exactOptional(),
  disturbed: disturbedSchema.exactOptional(),
  note: z.string(),
})

export type StackActivity = z.infer<typeof activitySchema>

export const doneSchema = z.strictObject({
  /** In the workload's words. */
  told: z.looseObject({}),
  /** Absent where there was no stack. */
  activity: activitySchema.exactOptional(),
  cpuMicros: z.number().nonnegative(),
  maxResidentBytes: z.number().nonnegative(),
  /** What the process printed besides since its last task: with `--trace-gc`, its garbage collections. */
  output: z.array(z.string()),
})

export type Done = z.infer<typeof doneSchema>

export const serveSpecSchema = z.strictObject({
  replicas: z.int().min(1).max(64),
  /** This host in CIDR notation. */
  address: z.string(),
  port: z.int().min(1).max(65_535),
})

export type ServeSpec = z.infer<typeof serveSpecSchema>

/** From the harness to the agent: do a task; stop what stayed awake; end all processes; serve pages until the agent ends. */
export const agentCommandSchema = z.union([
  z.strictObject({ id: z.int(), work: workSchema }),
  z.strictObject({ id: z.int(), rest: z.literal(true) }),
  z.strictObject({ id: z.int(), retire: z.literal(true) }),
  z.strictObject({ id: z.int(), serve: serveSpecSchema }),
])

export type AgentCommand = z.infer<typeof agentCommandSchema>

/** From the agent to the harness. */
export const agentEventSchema = z.discriminatedUnion('event', [
  /** The device is open: the interface of this name, in the agent's network namespace. */
  z.strictObject({ event: z.literal('ready'), interface: z.string() }),
  /** A task under way waits for connections. */
  z.strictObject({ event: z.literal('listening'), id: z.int() }),
  z.strictObject({ event: z.literal('done'), id: z.int(), done: doneSchema }),
  z.strictObject({ event: z.literal('rested'), id: z.int() }),
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
