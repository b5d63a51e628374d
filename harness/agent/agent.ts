/**
 * The long-lived process in the stack's container. It opens the device that leads to the topology's wire and keeps its
 * descriptors, a TAP's also while the harness moves the interface to another network namespace. Stacks run in processes
 * that inherit the descriptors, one for every way to make a stack; it stays, with its compiled code, for all transfers of
 * that kind. Speaks JSON lines: `AgentCommand` on standard input, `AgentEvent` on standard output. Ends with its input.
 *
 *     node agent.ts '<DeviceSpec as JSON>'
 */
import { createInterface } from 'node:readline'
import { type DeviceSpec, deviceRemedies, type OpenDevice, openDevice } from './open-device.ts'
import { lastWords, StackProcess, startProgram, TransferFailure } from './stack-process.ts'
import {
  type AgentCommand,
  type AgentEvent,
  agentCommandSchema,
  type ModelSpec,
  modelResultSchema,
  type ServeSpec,
  type TransferSpec,
} from './transfer-spec.ts'

const device = openOrExit(JSON.parse(process.argv[2] ?? '') as DeviceSpec)
/** By the JSON of their specification. */
const stacks = new Map<string, StackProcess>()
emit({ event: 'ready', interface: device.handle.name })

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const command: AgentCommand = agentCommandSchema.parse(JSON.parse(line))
  if ('transfer' in command) emit(await transfer(command.id, command.transfer))
  else if ('serve' in command) serve(command.id, command.serve)
  else if ('model' in command) emit(await model(command.id, command.model))
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

async function transfer(id: number, spec: TransferSpec): Promise<AgentEvent> {
  const key = JSON.stringify(spec.stack)
  const stack = stacks.get(key) ?? new StackProcess(device, spec.stack)
  stacks.set(key, stack)
  try {
    const result = await stack.transfer(spec)
    if (spec.stack.recordPath !== undefined) {
      stacks.delete(key)
      await stack.end()
    }
    return { event: 'result', id, result }
  } catch (error) {
    stacks.delete(key)
    await stack.kill()
    const event = failed(id, error instanceof Error ? error.message : String(error))
    const divergences = error instanceof TransferFailure ? error.divergences : 0
    return divergences > 0 ? { ...event, divergences } : event
  }
}

/** In a process of its own, whose code has seen nothing else. */
async function model(id: number, spec: ModelSpec): Promise<AgentEvent> {
  const child = startProgram('./model.ts', device, spec, 'ignore')
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  const ended = await child
  if (ended.exitCode !== 0) return failed(id, lastWords({ ...ended, stderr: String(ended.stderr ?? '') }))
  return { event: 'modelled', id, result: modelResultSchema.parse(JSON.parse(printed)) }
}

/** Ends all stacks: the next transfers get new ones. */
async function retire(id: number): Promise<AgentEvent> {
  await Promise.all([...stacks.values()].map((stack) => stack.kill()))
  stacks.clear()
  return { event: 'retired', id }
}

/** Answers once the server listens, which is its first line; later, if it ends. */
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
