import type Docker from 'dockerode'
import { HarnessError } from '../error.ts'
import { within } from '../within.ts'
import { containerEnded, untilEnded } from './container.ts'
import { lineCutter } from './multiplexed.ts'
import { type ContainerProcess, gone, spawnIn } from './process.ts'

/** Running a program in a container to its end. */
export interface ExecOptions {
  /** What the program reads; its input ends after it. */
  readonly input?: string | Uint8Array | undefined
  /** Told every line as it comes. */
  readonly onLine?: ((line: string, output: 'stdout' | 'stderr') => void) | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Default: 300. */
  readonly limitSeconds?: number | undefined
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const limitSeconds = 300

/**
 * Runs a program to its end; whatever its exit code, it is a result. Throws HarnessError if it has not ended after
 * `limitSeconds`, and is killed then, or if the container ended.
 */
export async function execIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const errorLines: string[] = []
  const child = await spawnIn(docker, containerId, command, {
    environment: options.environment,
    onErrorLine: (line) => {
      errorLines.push(line)
      options.onLine?.(line, 'stderr')
    },
  })
  child.stdin.end(options.input ?? '')
  const seconds = options.limitSeconds ?? limitSeconds
  const late = () =>
    new HarnessError(
      `"${command.join(' ')}" has not ended within ${seconds} seconds in the container ${containerId.slice(0, 12)}.`,
      'See what it waited for in the log of the sample, then type the same command again.',
    )
  try {
    const result = await within(seconds * 1000, collect(child, errorLines, options), late)
    const isSuspicious = suspicious.includes(result.exitCode)
    if (isSuspicious && (await untilEnded(docker, containerId, AbortSignal.timeout(noticeMillis))))
      throw containerEnded(containerId, `"${command.join(' ')}" was at work in it.`)
    return result
  } catch (error) {
    await child.kill('KILL')
    throw error
  }
}

/** Of what ended with its container, and of what was to be started then. A program may end so, too. */
const suspicious = [gone, 126]
/** How long the engine may take to notice that a container has ended, after its programs have. */
const noticeMillis = 1000

async function collect(
  child: ContainerProcess,
  errorLines: readonly string[],
  { onLine }: ExecOptions,
): Promise<ExecResult> {
  const cutter = lineCutter((line) => onLine?.(line, 'stdout'))
  const pieces: Buffer[] = []
  for await (const piece of child.stdout) {
    pieces.push(piece)
    cutter.push(piece)
  }
  cutter.end()
  const exitCode = await child.exit
  return { exitCode, stdout: Buffer.concat(pieces).toString(), stderr: errorLines.join('\n') }
}
