import type Docker from 'dockerode'
import { HarnessError } from '../error.ts'
import { within } from '../within.ts'
import { lineCutter } from './multiplexed.ts'
import { type ContainerProcess, spawnIn } from './process.ts'

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

/** Throws HarnessError if the program has not ended after `limitSeconds`: it is killed then. */
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
    return await within(seconds * 1000, collect(child, errorLines, options), late)
  } catch (error) {
    await child.kill('KILL')
    throw error
  }
}

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
