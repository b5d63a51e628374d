import { createInterface } from 'node:readline'
import type { Duplex, Writable } from 'node:stream'
import { PassThrough, type Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { HarnessError, messageOf, RunEndingError } from '../error.ts'
import { statusOf, untilEnded } from './container.ts'
import { answerTo } from './engine/answer.ts'
import { demultiplex, lineCutter, type OutputName } from './multiplexed.ts'

/**
 * A process inside a running container, started by this process and connected to it. It ends when its program
 * ends, when it is killed, or with its container; its exit code is then known, and never thrown.
 */
export interface ContainerProcess {
  readonly stdin: Writable
  /** All of its output; kept in memory until it is read. */
  readonly stdout: Readable
  /** Its output by lines. */
  lines(): AsyncIterable<string>
  /** Its exit code; 128 + n after signal n; 137 also if the container went away. */
  readonly exit: Promise<number>
  /** The last lines of its error output, for messages. */
  lastWords(): string
  /** Sends a signal to the program, e.g. `TERM`. Does nothing if it has ended. */
  kill(signal?: string): Promise<void>
}

export interface SpawnOptions {
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly onErrorLine?: ((line: string) => void) | undefined
}

const lastWordsLines = 20
/** Exit code of what SIGKILL ended, and of what ended with its container. */
export const gone = 137

/**
 * Starts a program, and returns once it runs. Throws HarnessError if the container is not running, RunEndingError if the
 * engine hangs; a missing program exits with 127.
 */
export async function spawnIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  options: SpawnOptions = {},
): Promise<ContainerProcess> {
  const { exec, connection } = await begin(docker, containerId, command, options.environment ?? {})
  const watch = new AbortController()
  void endWithContainer(docker, containerId, connection, watch.signal)
  const stdout = new PassThrough()
  const lastWords: string[] = []
  let programId = 0
  const started = Promise.withResolvers<void>()
  const errorLines = lineCutter((line) => {
    if (programId === 0) {
      programId = Number(line)
      started.resolve()
      return
    }
    lastWords.push(line)
    if (lastWords.length > lastWordsLines) lastWords.shift()
    options.onErrorLine?.(line)
  })
  const onPiece = (output: OutputName, piece: Buffer) => {
    if (output === 'stdout') stdout.write(piece)
    else errorLines.push(piece)
  }
  const exit = demultiplex(connection, onPiece)
    .catch(() => {})
    .then(() => {
      errorLines.end()
      stdout.end()
      started.resolve()
      return exitCodeOf(exec)
    })
  let ended = false
  void exit.then(() => {
    ended = true
    watch.abort()
  })
  connection.on('error', () => {})
  try {
    await answerTo(`run "${command[0]}" in the container ${containerId.slice(0, 12)}`, started.promise)
  } catch (error) {
    connection.destroy()
    throw error
  }
  return {
    stdin: connection,
    stdout,
    lines: () => createInterface({ input: stdout }),
    exit,
    lastWords: () => lastWords.join('\n'),
    kill: async (signal = 'TERM') => {
      if (ended || programId === 0) return
      try {
        const killing = ['kill', '-s', signal, String(programId)]
        const { connection: killer } = await begin(docker, containerId, killing, {})
        // A container that ends now leaves this connection open.
        await Promise.race([demultiplex(killer, () => {}), exit]).finally(() => killer.destroy())
      } catch {
        // Without its container the program has ended, too.
      }
    },
  }
}

/** For what is still on its way when a container ends. */
const lastOutputMillis = 1000

/** The engine leaves a connection open if the container ends just when a program is started in it. */
async function endWithContainer(
  docker: Docker,
  containerId: string,
  connection: Duplex,
  abortSignal: AbortSignal,
): Promise<void> {
  if (!(await untilEnded(docker, containerId, abortSignal)) || abortSignal.aborted) return
  await delay(lastOutputMillis, undefined, { signal: abortSignal, ref: false }).catch(() => {})
  connection.destroy()
}

/** The shell prints its process id as the first line of the error output, then becomes the program. */
async function begin(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ exec: Docker.Exec; connection: Duplex }> {
  const request = new AbortController()
  try {
    const creating = docker.getContainer(containerId).exec({
      Cmd: ['sh', '-c', 'echo "$$" >&2; exec "$@"', 'sh', ...command],
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
    const exec = await answerTo(`take a program for the container ${containerId.slice(0, 12)}`, creating)
    const starting = exec.start({ hijack: true, stdin: true, abortSignal: request.signal })
    const connection = await answerTo(
      `start a program in the container ${containerId.slice(0, 12)}`,
      starting,
    )
    return { exec, connection }
  } catch (error) {
    // A start that is refused leaves its connection open, and with it this process.
    request.abort()
    if (error instanceof RunEndingError) throw error
    throw new HarnessError(
      `"${command.join(' ')}" cannot run in container ${containerId.slice(0, 12)}: ${messageOf(error)}`,
      'The container has ended or was removed; deploy the topology again.',
      error,
    )
  }
}

/** The connection may end a moment before the engine has noticed the exit. */
async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (let waitMillis = 1; waitMillis < 2_000; waitMillis *= 2) {
    try {
      const { Running, ExitCode } = await answerTo('tell how a program ended', exec.inspect())
      if (!Running && ExitCode !== null) return ExitCode
    } catch (error) {
      if (statusOf(error) !== 500) return gone
    }
    await delay(waitMillis)
  }
  return gone
}
