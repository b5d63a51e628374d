/**
 * The messages between the harness and the agent in the stack's container: one JSON object a line. Both ends parse them
 * with these schemas, so that a change on one side alone is an error. A task and its result (`told`) have schemas of
 * their own, which belong to the workload.
 */
import { z } from 'zod'
import { factorSchemas } from '../matrix/factors.ts'
import { disturbedSchema, pathSchema, processorsSchema } from '../result/sample.ts'
import { disturbanceSchema, stackSpecSchema } from './stack-spec.ts'

/** What a child process of the agent is made for; tasks with equal specifications can share a process. */
export const processSpecSchema = z.strictObject({
  /** One of `harness/workload/workloads.ts`. */
  workload: z.string(),
  /** Absent if the workload needs no stack. */
  stack: stackSpecSchema.exactOptional(),
  /** TCP connections of the application at the same time; the stack is made with room for them. */
  connections: factorSchemas.connections.exactOptional(),
})

export type ProcessSpec = z.infer<typeof processSpecSchema>

/** What of a task decides in which process it is done. */
export function processSpecOf({ workload, stack, connections }: ProcessSpec): ProcessSpec {
  return {
    workload,
    ...(stack === undefined ? {} : { stack }),
    ...(connections === undefined ? {} : { connections }),
  }
}

export const workSchema = processSpecSchema.extend({
  task: z.looseObject({}),
  disturbance: disturbanceSchema.exactOptional(),
  /** The process is not stopped after its task, only by `rest`: the other end may still need its answers. */
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
  /** Rounds of these threads that found nothing to do, in elapsed (wall-clock) time. */
  polling: z.number().nonnegative(),
})

export type ProcessorTime = z.infer<typeof processorTimeSchema>

/** What a stack did during one task. */
const activitySchema = z.strictObject({
  divergences: z.int().nonnegative(),
  digestsCompared: z.int().nonnegative(),
  digestsMissed: z.int().nonnegative(),
  /** Processor time of the stack's process, and the time that its threads polled. */
  processorTime: processorTimeSchema,
  /** Times that its threads slept until woken. */
  sleeps: z.int().nonnegative(),
  /** The protocol machine's own counters by name. */
  protocol: z.record(z.string(), z.number()),
  perReplica: z.array(z.record(z.string(), z.number())),
  framesIn: z.int().nonnegative(),
  framesOut: z.int().nonnegative(),
  /** What an impaired path did to frames, as seen from the stack. */
  path: pathSchema.exactOptional(),
  disturbed: disturbedSchema.exactOptional(),
  processors: processorsSchema.exactOptional(),
  note: z.string(),
})

export type StackActivity = z.infer<typeof activitySchema>

export const doneSchema = z.strictObject({
  /** The task's result; its schema belongs to the workload. */
  told: z.looseObject({}),
  /** Absent where there was no stack. */
  activity: activitySchema.exactOptional(),
  cpuMicros: z.number().nonnegative(),
  maxResidentBytes: z.number().nonnegative(),
  /** Other lines that the process printed during the task: with `--trace-gc`, its garbage collections. */
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

/**
 * From the harness to the agent: have a process for tasks, and perhaps for those that come `next`; do a task; pause all
 * processes; end them; serve pages until the agent ends.
 */
export const agentCommandSchema = z.union([
  z.strictObject({ id: z.int(), prepare: processSpecSchema, next: z.array(processSpecSchema) }),
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
  /** Tasks with that specification are done by the process of this number. Another process, another number. */
  z.strictObject({ event: z.literal('prepared'), id: z.int(), process: z.int() }),
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
