/**
 * The long-lived process in the stack's container. It creates the TAP and keeps its descriptor while the harness
 * moves the interface to another network namespace; then it runs one process a transfer, which inherits the
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
  transferResultSchema,
} from './transfer-spec.ts'

const [name = 'dominoes0', mtu = '1500'] = process.argv.slice(2)
const tap = openOrExit(name, Number(mtu))
emit({ event: 'ready', interface: tap.name })

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const command = agentCommandSchema.parse(JSON.parse(line))
  emit(await transfer(command))
}

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

async function transfer({ id, transfer: spec }: AgentCommand): Promise<AgentEvent> {
  const script = fileURLToPath(new URL('./transfer.ts', import.meta.url))
  const flags = (process.env.DOMINOES_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '')
  const child = await execa(process.execPath, [...flags, script, JSON.stringify(spec), passOn(tap)], {
    // Any descriptor will do; the type knows only the first few.
    stdio: ['ignore', 'pipe', 'pipe', tap.fd as 9],
    reject: false,
    timeout: (spec.timeoutSeconds + 10) * 1000,
  })
  if (child.exitCode !== 0) {
    const reason =
      lastLines(String(child.stderr ?? '')) ||
      `the transfer's process ended with ${child.exitCode ?? child.signal}`
    return {
      event: 'failed',
      id,
      reason,
      remedy: 'read the log of this sample; the peer may have died or refused',
    }
  }
  return { event: 'result', id, result: transferResultSchema.parse(JSON.parse(String(child.stdout))) }
}

/** What a crashed process said, short enough for one message. */
function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const message = lines.find((line) => /^\w*Error\b/.test(line))
  return message ?? lines.slice(-3).join(' | ')
}

function emit(event: AgentEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
