import { basename } from 'node:path'
import { z } from 'zod'
import { HarnessError } from '../error.ts'
import type { DeployedNode } from '../topology/node.ts'
import { within } from '../within.ts'
import { type HostedProgram, startHosted } from './program-host.ts'

/**
 * A program of a Linux host: it serves one measurement, tells its state by events, one JSON object a line, and ends with
 * one result. Workloads have their programs in their own folders; modules that these share are beside this file.
 */
export interface MeetingOptions {
  /** Wait for the connections on this port, or open them to this `host:port`. */
  readonly meet: { readonly listen: number } | { readonly connect: string }
  /** Number of connections, all open at the same time. Default: 1. */
  readonly connections?: number | undefined
  /** Longest silence, in seconds. Default: 60. */
  readonly timeoutSeconds?: number | undefined
  /** Size of the socket buffer. Default: the kernel decides. */
  readonly bufferBytes?: number | undefined
}

/** Fields of struct tcp_info by the kernel's names; empty where several connections are summed up. */
export const tcpInfo = z.record(z.string(), z.number())

export function meetingArguments(options: MeetingOptions): string[] {
  const { meet } = options
  return [
    ...('listen' in meet ? given('listen', meet.listen) : given('connect', meet.connect)),
    ...given('connections', options.connections),
    ...given('timeout', options.timeoutSeconds),
    ...given('buffer', options.bufferBytes),
  ]
}

/** An option with its value, or nothing where the program's default is to stand. */
export function given(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}`, String(value)]
}

/** A Python program for a Linux host, and the schema of its result. */
export interface PeerProgram<Result = unknown> {
  /** As the containers see it. */
  readonly file: string
  readonly argv: readonly string[]
  readonly result: z.ZodType<Result>
  /** Whether the program waits for connections; then it tells when it listens. */
  readonly listens: boolean
}

export interface RunningProgram<Result> {
  /** Settles when the program waits for connections; at once if it opens them itself. Rejects with `result`. */
  readonly ready: Promise<void>
  /** Rejects with HarnessError if the program fails. */
  readonly result: Promise<Result>
  /** Asks it to end (SIGTERM); its result then tells what it did until then. Kills it if it has not ended after a while. */
  stop(): void
  kill(): void
}

/** More than what it has sent takes to arrive, and than the silence that ends it. */
const stopMillis = 90_000
/** Many times what it takes to listen. */
const listenMillis = 60_000

export async function startProgram<Result>(
  node: DeployedNode,
  program: PeerProgram<Result>,
): Promise<RunningProgram<Result>> {
  const child = await startHosted(node, program.file, program.argv)
  const ready = Promise.withResolvers<void>()
  if (!program.listens) ready.resolve()
  const name = `${basename(program.file)} on ${node.name}`
  const result = follow(child, name, program.result, ready.resolve)
  result.catch(ready.reject)
  const stop = () => {
    child.kill('TERM')
    const timer = setTimeout(() => child.kill('KILL'), stopMillis)
    void child.exit.then(() => clearTimeout(timer))
  }
  const silent = () => new HarnessError(`The ${name} does not say that it listens.`, otherRemedy)
  const listening = within(listenMillis, ready.promise, silent)
  // A failure rejects both promises. A caller may await only `result`: then `ready` must not reject unhandled.
  listening.catch(() => {})
  return { ready: listening, result, stop, kill: () => child.kill('KILL') }
}

const event = z.looseObject({ event: z.string() })

const portRemedy =
  'Another program in that container listens on this port. The next sample gets new containers; if it happens there, too, see who started that program: docker exec <container> ss -ltnp'
const otherRemedy =
  'If the other end failed, its own message tells more; a silence longer than the timeout ends it, too.'

async function follow<Result>(
  child: HostedProgram,
  name: string,
  schema: z.ZodType<Result>,
  onListening: () => void,
): Promise<Result> {
  let result: Result | undefined
  let reason = ''
  for await (const line of child.lines()) {
    const told = parseLine(line)
    if (told === undefined) {
      // Not the program's: the engine says why it could not be started.
      reason ||= line
      continue
    }
    const { event: kind, ...fields } = event.parse(told)
    if (kind === 'listening') onListening()
    else if (kind === 'result') result = schema.parse(fields)
    else if (kind === 'failed') reason = String(fields.reason)
  }
  const exitCode = await child.exit
  if (result !== undefined) return result
  throw new HarnessError(
    `The ${name} ended without a result (exit code ${exitCode}): ${reason || child.lastWords()}`,
    reason.includes('Address already in use') ? portRemedy : otherRemedy,
  )
}

/** Undefined for what is no JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
