/**
 * A small HTTP server on the stack, for the demonstration: a page about the stack that serves it, and streams of
 * known bytes to check transfers with.
 *
 *     GET /            the page
 *     GET /bytes/N     N bytes of the pattern, 0 ≤ N ≤ 1 GiB
 *
 * A connection is aborted if its client sends no complete request within ten seconds, or acknowledges nothing of its
 * answer for thirty.
 *
 *     node serve.ts '<ServeSpec as JSON>' '<device as JSON>'
 */
import { type Connection, createStack } from '../../stack/index.ts'
import { makePattern, StreamPattern } from '../content/stream-pattern.ts'
import { mirrorCounters } from '../top/mirror.ts'
import { IdleClients } from './idle-clients.ts'
import { inheritedDevice } from './inherited-device.ts'
import { serveSpecSchema } from './messages.ts'

const requestLimitBytes = 8192
const chunkBytes = 64 * 1024
/** `clients` is half of the stack's connections: the other half is for served connections that have not yet ended. */
const idleLimits = { askMillis: 10_000, answerMillis: 30_000, clients: 512 }

const spec = serveSpecSchema.parse(JSON.parse(process.argv[2] ?? ''))
const pattern = new StreamPattern(makePattern())
const clients = new IdleClients<Connection>(idleLimits)
let served = 0

const stack = await createStack({
  strategy: { kind: 'replicated', replicas: spec.replicas },
  device: inheritedDevice(),
  address: spec.address,
  payloadWork: { kind: 'checksum' },
})
mirrorCounters(stack, `HTTP server, replicated ×${spec.replicas}`)
const listener = await stack.listen(spec.port, { backlog: 128 })
setInterval(() => clients.sweep(performance.now()), 1000)
process.stdout.write(`${JSON.stringify({ listening: spec.port })}\n`)
for await (const connection of listener) {
  answer(connection).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  })
}

async function answer(connection: Connection): Promise<void> {
  clients.asks(connection, performance.now())
  try {
    const path = await readRequestPath(connection)
    clients.answers(connection, performance.now())
    served += 1
    const size = /^\/bytes\/(\d{1,10})$/.exec(path ?? '')
    if (size !== null && Number(size[1]) <= 2 ** 30) await sendBytes(connection, Number(size[1]))
    else if (path === '/') await sendPage(connection)
    else await sendHead(connection, '404 Not Found', 'text/plain', 0)
  } finally {
    clients.gone(connection)
    connection.finish()
  }
}

/** The path of a GET request; null for any other request, one of more than 8192 bytes, and an incomplete one. */
async function readRequestPath(connection: Connection): Promise<string | null> {
  const decoder = new TextDecoder('latin1')
  let head = ''
  while (!head.includes('\r\n\r\n')) {
    const bytes = await connection.read()
    if (bytes === null || head.length + bytes.length > requestLimitBytes) return null
    head += decoder.decode(bytes, { stream: true })
  }
  return /^GET (\S+) HTTP\/1\.[01]\r\n/.exec(head)?.[1] ?? null
}

async function sendBytes(connection: Connection, size: number): Promise<void> {
  await sendHead(connection, '200 OK', 'application/octet-stream', size)
  for (let position = 0; position < size; position += chunkBytes) {
    await connection.write(pattern.at(position, Math.min(chunkBytes, size - position)))
  }
}

async function sendPage(connection: Connection): Promise<void> {
  const report = stack.report()
  const rows = report.perReplica
    .map((counters, replica) => {
      const { applied = 0, checked = 0, performed = 0 } = counters
      return `<tr><th>${replica}</th><td>${applied}</td><td>${checked}</td><td>${performed}</td></tr>`
    })
    .join('\n')
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Served by replicas</title>
<style>body{font:1rem/1.5 system-ui;max-width:36rem;margin:3rem auto;padding:0 1rem}td,th{padding:.2rem .8rem;text-align:right}</style>
<h1>Served by ${spec.replicas} replicas</h1>
<p>This page came over a TCP connection whose state exists ${spec.replicas} times. Every replica applied every
request in the same order; what was expensive was done once, by whichever came first.</p>
<table><tr><th>replica</th><th>applied</th><th>checked</th><th>performed</th></tr>
${rows}
</table>
<p>State digests compared: ${report.digestsCompared}. Divergences: ${report.divergences}. Pages and files served: ${served}.</p>
</html>
`
  const bytes = new TextEncoder().encode(page)
  await sendHead(connection, '200 OK', 'text/html; charset=utf-8', bytes.length)
  await connection.write(bytes)
}

async function sendHead(connection: Connection, status: string, type: string, length: number): Promise<void> {
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`
  await connection.write(new TextEncoder().encode(head))
}
