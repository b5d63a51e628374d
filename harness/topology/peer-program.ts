import { z } from 'zod'
import type { ContainerProcess } from '../docker/process.ts'
import { HarnessError } from '../error.ts'
import { type DeployedNode, paths } from './node.ts'

/**
 * The two programs of a Linux host: the sink receives streams and compares every byte, the source sends them. Each
 * serves one measurement and ends with one result.
 */
export interface EndpointOptions {
  /** Wait for the connections on this port, or open them to this `host:port`. */
  readonly meet: { readonly listen: number } | { readonly connect: string }
  /** Number of connections, all open at the same time. Default: 1. */
  readonly connections?: number | undefined
  /** The bytes to send or expect, a file as the node sees it: repeated, or the whole stream. */
  readonly content: { readonly pattern: string } | { readonly file: string } | undefined
  /** Bytes of each connection before the measurement begins. */
  readonly warmupBytes: number
  /** Most bytes in one system call. Default: 1 MiB. */
  readonly chunkBytes?: number | undefined
  /** Longest silence. Default: 60. */
  readonly timeoutSeconds?: number | undefined
  /** Congestion control of these connections. Default: the host's. */
  readonly congestionControl?: string | undefined
  /** Socket buffer. Default: the kernel sizes it. */
  readonly bufferBytes?: number | undefined
}

const tcpInfo = z.record(z.string(), z.number())

const sinkConnection = z.object({
  bytesReceived: z.int(),
  /** Length of the prefix that was as expected; 0 if nothing was expected. */
  bytesVerified: z.int(),
  /** Position of the first byte that was not. */
  firstMismatch: z.int().nullable(),
  /** Set if the connection was reset instead of closed. */
  reset: z.string().nullable(),
  measuredBytes: z.int(),
  /** From the end of the warm-up to the last byte. */
  measuredMicros: z.int(),
  /** Fields of struct tcp_info by the kernel's names; empty in the sum of several connections. */
  tcpInfo,
})

const sourceConnection = z.object({
  bytesSent: z.int(),
  /** The other end has closed after everything was sent. */
  closed: z.boolean(),
  failure: z.string().nullable(),
  measuredBytes: z.int(),
  /** From the end of the warm-up to the other end's close. */
  measuredMicros: z.int(),
  tcpInfo,
})

const sinkResult = sinkConnection.extend({ cpuMicros: z.int(), perConnection: z.array(sinkConnection) })
const sourceResult = sourceConnection.extend({ cpuMicros: z.int(), perConnection: z.array(sourceConnection) })

export type SinkResult = z.infer<typeof sinkResult>
export type SourceResult = z.infer<typeof sourceResult>

export interface PeerProgram<Result> {
  /** Settles when the program waits for connections; at once if it opens them itself. Rejects with `result`. */
  readonly ready: Promise<void>
  /** Rejects with HarnessError if the program fails. */
  readonly result: Promise<Result>
  kill(): Promise<void>
}

export function startSink(node: DeployedNode, options: EndpointOptions): Promise<PeerProgram<SinkResult>> {
  return start(node, 'sink', endpointArguments(options), sinkResult, 'listen' in options.meet)
}

/** `bytes` is the length of each connection's stream, warm-up included. */
export function startSource(
  node: DeployedNode,
  options: EndpointOptions & { readonly bytes: number },
): Promise<PeerProgram<SourceResult>> {
  const programArguments = [...endpointArguments(options), '--bytes', String(options.bytes)]
  return start(node, 'source', programArguments, sourceResult, 'listen' in options.meet)
}

export function endpointArguments(options: EndpointOptions): string[] {
  const given = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${name}`, String(value)]
  const { meet, content } = options
  return [
    ...('listen' in meet ? given('listen', meet.listen) : given('connect', meet.connect)),
    ...(content === undefined
      ? []
      : 'pattern' in content
        ? given('pattern', content.pattern)
        : given('file', content.file)),
    ...given('connections', options.connections),
    ...given('warmup', options.warmupBytes),
    ...given('chunk', options.chunkBytes),
    ...given('timeout', options.timeoutSeconds),
    ...given('congestion', options.congestionControl),
    ...given('buffer', options.bufferBytes),
  ]
}

async function start<Result>(
  node: DeployedNode,
  program: 'sink' | 'source',
  programArguments: readonly string[],
  schema: z.ZodType<Result>,
  listens: boolean,
): Promise<PeerProgram<Result>> {
  const child = await node.spawn(['python3', `${paths.peerPrograms}/${program}.py`, ...programArguments])
  const ready = Promise.withResolvers<void>()
  if (!listens) ready.resolve()
  const result = follow(child, `${program} on ${node.name}`, schema, ready.resolve)
  result.catch(ready.reject)
  // Whoever does not wait for one of the two still learns of a failure from the other.
  ready.promise.catch(() => {})
  return { ready: ready.promise, result, kill: () => child.kill('KILL') }
}

const event = z.looseObject({ event: z.string() })

async function follow<Result>(
  child: ContainerProcess,
  name: string,
  schema: z.ZodType<Result>,
  onListening: () => void,
): Promise<Result> {
  let result: Result | undefined
  let reason = ''
  for await (const line of child.lines()) {
    const { event: kind, ...fields } = event.parse(JSON.parse(line))
    if (kind === 'listening') onListening()
    else if (kind === 'result') result = schema.parse(fields)
    else if (kind === 'failed') reason = String(fields.reason)
  }
  const exitCode = await child.exit
  if (result !== undefined) return result
  throw new HarnessError(
    `The ${name} ended without a result (exit code ${exitCode}): ${reason || child.lastWords()}`,
    'If the other end failed, its own message tells more; a silence longer than the timeout ends it, too.',
  )
}
