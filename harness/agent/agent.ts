/**
 * The long-lived process in the stack's container. It creates the TAP and keeps its descriptor while the harness
 * moves the interface to another network namespace; then it runs one process a command, which inherits the
 * descriptor. Speaks JSON lines: `AgentCommand` on standard input, `AgentEvent` on standard output. Ends with its
 * input.
 *
 *     node agent.ts <tap name> <mtu>
 */
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { openTap } from '../../stack/index.ts'
import { passOn } from './inherited-tap.ts'
import {
  type AgentCommand,
  type AgentEvent,
  agentCommandSchema,
  type ServeSpec,
  type TransferSpec,
  transferResultSchema,
} from './transfer-spec.ts'

/** What a transfer's process gets beyond its own time limit, in milliseconds. */
const graceMillis = 10_000

const [name = 'dominoes0', mtu = '1500'] = process.argv.slice(2)
const tap = openOrExit(name, Number(mtu))
emit({ event: 'ready', interface: tap.name })

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const command: AgentCommand = agentCommandSchema.parse(JSON.parse(line))
  if ('transfer' in command) emit(await transfer(command.id, command.transfer))
  else serve(command.id, command.serve)
}
process.exit(0)

function openOrExit(name: string, mtuBytes: number): ReturnType<typeof openTap> {
  try {
    return openTap({ name, mtuBytes })
  } catch (error) {
    emit({
      event: 'fatal',
      reason: error instanceof Error ? error.message : String(error),
      remedy: 'give the container /dev/net/tun and the capability NET_ADMIN (make doctor checks both)',
    })
    process.exit(1)
  }
}

async function transfer(id: number, spec: TransferSpec): Promise<AgentEvent> {
  const child = await start('./transfer.ts', spec, spec.timeoutSeconds * 1000 + graceMillis)
  if (child.exitCode !== 0) return failed(id, child)
  const lines = String(child.stdout).split('\n')
  const result = JSON.parse(lines.pop() ?? '')
  return { event: 'result', id, result: transferResultSchema.parse({ ...result, output: lines }) }
}

/** Answers once the server listens, which is its first line; later, if it ends. */
function serve(id: number, spec: ServeSpec): void {
  const child = start('./serve.ts', spec, 0)
  child.then((ended) => emit(failed(id, ended)))
  child.stdout.once('data', () => emit({ event: 'serving', id }))
}

/** Runs a program of this folder on the TAP; `timeoutMillis` 0 is for ever. */
function start(program: string, spec: object, timeoutMillis: number) {
  const script = fileURLToPath(new URL(program, import.meta.url))
  const flags = (process.env.DOMINOES_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '')
  return execa(process.execPath, [...flags, script, JSON.stringify(spec), passOn(tap)], {
    // Any descriptor will do; the type knows only the first few.
    stdio: ['ignore', 'pipe', 'pipe', tap.fd as 9],
    reject: false,
    timeout: timeoutMillis,
  })
}

interface Ended {
  readonly stderr: unknown
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
}

function failed(id: number, child: Ended): AgentEvent {
  const reason =
    lastLines(String(child.stderr ?? '')) || `the process ended with ${child.exitCode ?? child.signal}`
  return {
    event: 'failed',
    id,
    reason,
    remedy: 'read the log of this sample; the peer may have died or refused',
  }
}

/** What a crashed process said, short enough for one message. */
function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.slice(-3).join(' | ')
}

function emit(event: AgentEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
