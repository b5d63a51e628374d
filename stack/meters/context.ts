/**
 * Measures what the stack's operations cost in real transfers: a stack, a TAP, the Linux kernel, and a program behind
 * it. `node context.ts '<ContextSpec as JSON>'` warms up and prints a line. For every line that it reads it then
 * transfers twice, without and with the meters, and prints a `ContextSample`.
 *
 * The TAP lies in a network namespace made here, with the peer's program in it; the stack's thread keeps the
 * descriptor. A write therefore runs the peer's receive path on the stack's processor, as between containers. Needs
 * SYS_ADMIN, NET_ADMIN and /dev/net/tun.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Connection } from '../socket/connection.ts'
import { type ContextSpec, openContext } from './open-context.ts'
import { transferCost } from './transfer-cost.ts'

const spec = JSON.parse(process.argv[2] ?? '{}') as ContextSpec
const context = await openContext(spec)
const pattern = readFileSync(spec.patternPath)
const twice = Buffer.concat([pattern, pattern])

if (spec.direction === 'send') await send(context.connection, spec.warmupBytes)
else await receive(context.connection, spec.warmupBytes)
say({ event: 'ready' })

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const bytes = spec.transferBytes
  const move = spec.direction === 'send' ? send : receive
  const plain = await transferCost(context, false, bytes, () => move(context.connection, bytes))
  const metered = await transferCost(context, true, bytes, () => move(context.connection, bytes))
  say({ event: 'sample', plain, metered })
}
await context.close()
process.exit(0)

async function send(connection: Connection, bytes: number): Promise<void> {
  const { stream } = connection
  const end = stream.written + bytes
  while (stream.written < end) {
    const window = stream.writeWindow(Math.min(256 * 1024, end - stream.written))
    if (window.length === 0) {
      await connection.progress()
      continue
    }
    const from = stream.written % pattern.length
    window.set(twice.subarray(from, from + window.length))
    stream.commitWrite(window.length)
  }
  while (stream.acknowledged < end) await connection.progress()
}

async function receive(connection: Connection, bytes: number): Promise<void> {
  const { stream } = connection
  const end = stream.consumed + bytes
  while (stream.consumed < end) {
    const window = stream.readWindow(Math.min(256 * 1024, end - stream.consumed))
    if (window.length === 0) {
      await connection.progress()
      continue
    }
    stream.consume(window.length)
  }
}

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
