/**
 * A stack over the TAP descriptor that the agent passed on, and its transfers: each line of standard input is a
 * `TransferSpec`; it connects to the peer, moves the stream one way, checks what it received, and prints `result ` and a
 * `TransferResult` as JSON. Ends at the first that fails: the reason is on standard error.
 *
 *     node transfer.ts '<StackSpec as JSON>' '<tap as JSON>'
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Connection, createStack, type Stack } from '../../stack/index.ts'
import { inheritedTap } from './inherited-tap.ts'
import { resultPrefix } from './stack-process.ts'
import { Progress } from './stack-progress.ts'
import { StreamPattern, transferCipherKey } from './stream-pattern.ts'
import {
  stackSpecSchema,
  type TransferResult,
  type TransferSpec,
  transferSpecSchema,
} from './transfer-spec.ts'

const chunkBytes = 256 * 1024

const spec = stackSpecSchema.parse(JSON.parse(process.argv[2] ?? ''))

const stack = await createStack({
  strategy:
    spec.strategy === 'sequential' ? { kind: 'sequential' } : { kind: 'replicated', replicas: spec.replicas },
  device: inheritedTap(),
  address: spec.address,
  payloadWork: { kind: spec.payloadWork, cipherKey: transferCipherKey },
  coalesceMillis: 2,
  // A TAP queues 1000 frames towards the stack: a larger window would only overflow it.
  receiveBufferBytes: 2 ** 20,
  ...(spec.congestionControl === undefined ? {} : { congestionControl: spec.congestionControl }),
  ...(spec.captureDirectory === undefined ? {} : { captureDirectory: spec.captureDirectory }),
})

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const transfer = transferSpecSchema.parse(JSON.parse(line))
    const outcome = await withTimeout(run(stack, transfer), transfer.timeoutSeconds)
    process.stdout.write(`${resultPrefix}${JSON.stringify(outcome)}\n`)
  }
} catch (error) {
  // What the stack was doing when it failed, for the log.
  process.stderr.write(`${JSON.stringify(stack.report())}\n`)
  throw error
} finally {
  await stack.stop()
}

interface Moved {
  bytes: number
  bytesVerified: number
  firstMismatch: number | null
  measuredBytes: number
  measuredMicros: number
}

async function run(stack: Stack, spec: TransferSpec): Promise<Omit<TransferResult, 'output'>> {
  const pattern = new StreamPattern(readFileSync(spec.patternPath))
  const progress = new Progress(stack)
  const connection = await stack.connect({ address: spec.peerAddress, port: spec.port })
  const moved = await (spec.direction === 'send' ? send : receive)(connection, pattern, spec)
  await stack.checkpoint()
  return { ...moved, ...progress.sinceStart() }
}

/** Fills the send ring in place until all bytes are written; the peer compares them. */
async function send(connection: Connection, pattern: StreamPattern, spec: TransferSpec): Promise<Moved> {
  const { stream } = connection
  const total = spec.warmupBytes + spec.transferBytes
  let startedAt = performance.now()
  while (stream.written < total) {
    if (stream.closedReason !== undefined) await connection.closed()
    const window = stream.writeWindow(Math.min(chunkBytes, total - stream.written))
    if (window.length === 0) {
      await connection.progress()
      continue
    }
    if (stream.written <= spec.warmupBytes) startedAt = performance.now()
    window.set(pattern.at(stream.written, window.length))
    stream.commitWrite(window.length)
  }
  connection.close()
  await connection.closed()
  return {
    bytes: total,
    // The peer compares, and says so itself.
    bytesVerified: 0,
    firstMismatch: null,
    measuredBytes: spec.transferBytes,
    measuredMicros: (performance.now() - startedAt) * 1000,
  }
}

/** Reads to the end of the peer's stream and compares every byte. */
async function receive(connection: Connection, pattern: StreamPattern, spec: TransferSpec): Promise<Moved> {
  const { stream } = connection
  let startedAt = performance.now()
  let endedAt = startedAt
  let firstMismatch: number | null = null
  let bytesVerified = 0
  for (;;) {
    const window = stream.readWindow(chunkBytes)
    if (window.length === 0) {
      if (stream.finished) break
      if (stream.closedReason !== undefined) await connection.closed()
      await connection.progress()
      continue
    }
    const mismatch = pattern.firstMismatch(window, stream.consumed)
    if (mismatch < 0) bytesVerified += window.length
    else firstMismatch ??= mismatch
    stream.consume(window.length)
    endedAt = performance.now()
    if (stream.consumed <= spec.warmupBytes) startedAt = endedAt
  }
  const bytes = stream.consumed
  connection.close()
  await connection.closed()
  return {
    bytes,
    bytesVerified,
    firstMismatch,
    measuredBytes: Math.max(0, bytes - spec.warmupBytes),
    measuredMicros: (endedAt - startedAt) * 1000,
  }
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the transfer did not end within ${seconds} s`)),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}
