/**
 * A process (`work.ts`) that does one task after the other, mostly on a stack of its own. It is kept, so that compiled
 * code stays warm from sample to sample. Between tasks it is stopped (SIGSTOP): it shares its device with the stacks of
 * other cells, and must neither read their frames nor take processor time from them. Called by the agent only, one task
 * at a time.
 */
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { within } from '../within.ts'
import { descriptorsOf, passOn } from './inherited-device.ts'
import { type Done, doneSchema, type ProcessSpec, type Work } from './messages.ts'
import type { OpenDevice } from './open-device.ts'
import { divergencesPrefix, listeningLine, readyLine, resultPrefix } from './work-lines.ts'

/** Time beyond a task's own limit before the process counts as stuck, in milliseconds. */
const graceMillis = 10_000
/** The same for its start: many times what it takes. */
const startMillis = 60_000

let started = 0

export class WorkProcess {
  /** Tells it from all others of this agent. */
  readonly number = ++started
  readonly #child: Child
  readonly #ended: Promise<Ended>
  /** Rejects when the process has ended. */
  readonly #failed: Promise<never>
  readonly #ready = Promise.withResolvers<void>()
  #divergences = 0
  #partial = ''
  #onLine: (line: string) => void = () => {}

  constructor(device: OpenDevice, spec: ProcessSpec) {
    const child = startProgram('./work.ts', device, spec, 'pipe')
    this.#child = child as unknown as Child
    this.#ended = child.then(({ stderr, exitCode, signal }) => ({
      stderr: String(stderr ?? ''),
      exitCode,
      signal,
    }))
    this.#failed = this.#ended.then((ended) =>
      Promise.reject(new WorkFailure(lastWords(ended), this.#divergences)),
    )
    // `work` awaits this promise during a task. Between tasks nobody does, and a rejection must not end the agent.
    this.#failed.catch(() => {})
    this.#child.stdin.on('error', () => {})
    this.#child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk))
  }

  /**
   * Resolves when the process has loaded what it needs and made its stack. Rejects with the reason if it cannot: then `kill`
   * it.
   */
  async untilReady(): Promise<void> {
    const ready = Promise.race([this.#ready.promise, this.#failed])
    await within(startMillis, ready, () => new Error('the process did not start in time'))
  }

  /**
   * Does a task; calls `onListening` when the task waits for connections. Rejects with the reason if the task failed:
   * then `kill` the process, which cannot do another task.
   */
  async work(work: Work, onListening: () => void): Promise<Done> {
    const output: string[] = []
    const answer = Promise.withResolvers<string>()
    this.#onLine = (line) => {
      if (line.startsWith(resultPrefix)) answer.resolve(line)
      else if (line === listeningLine) onListening()
      else if (line.startsWith(divergencesPrefix))
        this.#divergences = Number(line.slice(divergencesPrefix.length))
      else output.push(line)
    }
    const limitMillis = work.timeoutSeconds * 1000 + graceMillis
    this.#child.kill('SIGCONT')
    this.#child.stdin.write(`${JSON.stringify(work)}\n`)
    const late = () => new Error('the task did not end in time')
    const line = await within(limitMillis, Promise.race([answer.promise, this.#failed]), late)
    if (work.staysAwake !== true) this.rest()
    return doneSchema.parse({ ...JSON.parse(line.slice(resultPrefix.length)), output })
  }

  /** Stops the process (SIGSTOP) until the next task. */
  rest(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets the process stop its stack in order, and returns once it is gone. Rejects if it had to be killed, or failed. */
  async end(): Promise<void> {
    this.#child.kill('SIGCONT')
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMillis)
    const ended = await this.#ended
    clearTimeout(timer)
    if (ended.exitCode !== 0) throw new WorkFailure(lastWords(ended), this.#divergences)
  }

  /** Ends the process and returns once it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #take(chunk: string): void {
    const lines = (this.#partial + chunk).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) {
      if (line === readyLine) this.#ready.resolve()
      else this.#onLine(line)
    }
  }
}

/** A task that failed; `divergences` is above 0 if replicas whose states differed were the reason. */
export class WorkFailure extends Error {
  readonly divergences: number

  constructor(message: string, divergences: number) {
    super(message)
    this.divergences = divergences
  }
}

interface Child {
  readonly stdin: Writable
  readonly stdout: Readable
  kill(signal: NodeJS.Signals): boolean
}

export interface Ended {
  readonly stderr: string
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
}

/** Runs a program of this folder on the device. Its first argument is the specification, its second the device. */
export function startProgram(program: string, device: OpenDevice, spec: object, input: 'ignore' | 'pipe') {
  const script = fileURLToPath(new URL(program, import.meta.url))
  const flags = (process.env.DOMINOES_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '')
  return execa(process.execPath, [...flags, script, JSON.stringify(spec), passOn(device)], {
    // execa takes any number of descriptors; its type allows only the first few.
    stdio: [input, 'pipe', 'pipe', ...(descriptorsOf(device) as readonly 9[])],
    reject: false,
    buffer: { stdout: false },
  })
}

/** Why a process ended, short enough for one message. */
export function lastWords({ stderr, exitCode, signal }: Ended): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const said = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.slice(-3).join(' | ')
  return said || `the process ended with ${exitCode ?? signal}`
}
