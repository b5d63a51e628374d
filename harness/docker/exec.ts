import type Docker from 'dockerode'
import { lineCutter } from './multiplexed.ts'
import { spawnIn } from './process.ts'

/** Running a program in a container to its end. */
export interface ExecOptions {
  /** What the program reads; its input ends after it. */
  readonly input?: string | Uint8Array | undefined
  /** Kills the program; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Told every line as it comes. */
  readonly onLine?: ((line: string, output: 'stdout' | 'stderr') => void) | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export async function execIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  options.signal?.throwIfAborted()
  const errorLines: string[] = []
  const child = await spawnIn(docker, containerId, command, {
    environment: options.environment,
    onErrorLine: (line) => {
      errorLines.push(line)
      options.onLine?.(line, 'stderr')
    },
  })
  const onAbort = () => void child.kill('KILL').catch(() => {})
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted) onAbort()
  try {
    child.stdin.end(options.input ?? '')
    const cutter = lineCutter((line) => options.onLine?.(line, 'stdout'))
    const pieces: Buffer[] = []
    for await (const piece of child.stdout) {
      pieces.push(piece)
      cutter.push(piece)
    }
    cutter.end()
    const exitCode = await child.exit
    options.signal?.throwIfAborted()
    return { exitCode, stdout: Buffer.concat(pieces).toString(), stderr: errorLines.join('\n') }
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
  }
}
