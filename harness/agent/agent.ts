/**
 * The long-lived process in the stack's container. It opens the device that leads to the topology's wire and keeps the
 * descriptors open. A TAP's descriptors stay valid while the harness moves the interface to another network namespace.
 * Stacks run in child processes that inherit the descriptors: one child for each `ProcessSpec`, kept for all tasks with
 * that specification so that its compiled code stays warm. Speaks JSON lines: `AgentCommand` on standard input,
 * `AgentEvent` on standard output. Ends when standard input ends.
 *
 *     node agent.ts '<DeviceSpec as JSON>'
 */
import { availableParallelism, freemem } from 'node:os'
import { createInterface } from 'node:readline'
import {
  type AgentCommand,
  type AgentEvent,
  agentCommandSchema,
  type ProcessSpec,
  processSpecOf,
  type ServeSpec,
  type Work,
} from './messages.ts'
import { type DeviceSpec, deviceRemedies, type OpenDevice, openDevice } from './open-device.ts'
import { lastWords, startProgram, WorkFailure, WorkProcess } from './work-process.ts'

const device = openOrExit(JSON.parse(process.argv[2] ?? '') as DeviceSpec)
/** The key is the JSON of the `ProcessSpec`; the one that was used last is the last. */
const processes = new Map<string, WorkProcess>()
const processBytes = 200e6
/** In half of the memory that is free, or 24. An experiment with more different stacks than that warms them up more often. */
const mostProcesses = Math.min(64, Math.max(24, Math.floor(freemem() / 2 / processBytes)))
emit({ event: 'ready', interface: device.handle.name })

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const command: AgentCommand = agentCommandSchema.parse(JSON.parse(line))
  if ('prepare' in command) emit(await prepare(command.id, command.prepare, command.next))
  else if ('work' in command) emit(await work(command.id, command.work))
  else if ('serve' in command) serve(command.id, command.serve)
  else if ('rest' in command) emit(rest(command.id))
  else emit(await retire(command.id))
}
await retire(0)
process.exit(0)

function openOrExit(spec: DeviceSpec): OpenDevice {
  try {
    return openDevice(spec)
  } catch (error) {
    emit({
      event: 'fatal',
      reason: error instanceof Error ? error.message : String(error),
      remedy: deviceRemedies[spec.kind],
    })
    process.exit(1)
  }
}

async function processFor(spec: ProcessSpec): Promise<{ readonly key: string; readonly child: WorkProcess }> {
  const key = JSON.stringify(spec)
  const child = processes.get(key) ?? new WorkProcess(device, spec)
  processes.delete(key)
  processes.set(key, child)
  await endOldest()
  return { key, child }
}

async function endOldest(): Promise<void> {
  const [oldest] = processes
  if (oldest === undefined || processes.size <= mostProcesses) return
  const [key, child] = oldest
  processes.delete(key)
  await child.kill()
}

/**
 * If the process is to be started, as many start at once as there are processors, it and the next ones: a part of each start
 * is one thread's work. One of the next that cannot run says so when its turn comes.
 */
async function prepare(id: number, spec: ProcessSpec, next: readonly ProcessSpec[]): Promise<AgentEvent> {
  const isThere = (each: ProcessSpec) => processes.has(JSON.stringify(each))
  const ahead = isThere(spec) ? [] : next.filter((each) => !isThere(each))
  const [result] = await Promise.allSettled([spec, ...ahead.slice(0, availableParallelism() - 1)].map(start))
  if (result?.status === 'fulfilled') return { event: 'prepared', id, process: result.value }
  const reason: unknown = result?.reason
  return failed(id, reason instanceof Error ? reason.message : String(reason))
}

/** Has a process for tasks with this specification, stopped, and returns its number. Rejects if it cannot run. */
async function start(spec: ProcessSpec): Promise<number> {
  const { key, child } = await processFor(spec)
  try {
    await child.untilReady()
    child.rest()
    return child.number
  } catch (error) {
    processes.delete(key)
    await child.kill()
    throw error
  }
}

async function work(id: number, work: Work): Promise<AgentEvent> {
  const { stack } = work
  const { key, child } = await processFor(processSpecOf(work))
  try {
    const done = await child.work(work, () => emit({ event: 'listening', id }))
    // A log and a capture are complete only when their stack has ended.
    if (stack?.recordPath !== undefined || stack?.captureDirectory !== undefined) {
      processes.delete(key)
      await child.end()
    }
    return { event: 'done', id, done }
  } catch (error) {
    processes.delete(key)
    await child.kill()
    const event = failed(id, error instanceof Error ? error.message : String(error))
    const divergences = error instanceof WorkFailure ? error.divergences : 0
    return divergences > 0 ? { ...event, divergences } : event
  }
}

function rest(id: number): AgentEvent {
  for (const child of processes.values()) child.rest()
  return { event: 'rested', id }
}

/** Ends all processes: the next tasks get new ones. */
async function retire(id: number): Promise<AgentEvent> {
  await Promise.all([...processes.values()].map((child) => child.kill()))
  processes.clear()
  return { event: 'retired', id }
}

/** Emits `serving` once the server listens (its first line of output), and `failed` when the server ends. */
function serve(id: number, spec: ServeSpec): void {
  const child = startProgram('./serve.ts', device, spec, 'ignore')
  child.then((ended) => emit(failed(id, lastWords({ ...ended, stderr: String(ended.stderr ?? '') }))))
  child.stdout.once('data', () => emit({ event: 'serving', id }))
  child.stdout.resume()
}

function failed(id: number, reason: string) {
  const remedy = 'read the log of this sample; the peer may have died or refused'
  return { event: 'failed', id, reason, remedy } as const
}

function emit(event: AgentEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
