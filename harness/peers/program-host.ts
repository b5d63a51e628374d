/**
 * The process in a host's container that runs its programs (`host.py`): started with the first program, and kept as long as
 * the container. A program is a fork of it, so that it runs within milliseconds. At a node with another stack than ours its
 * programs use that one.
 */
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { z } from 'zod'
import type { ContainerProcess } from '../docker/process.ts'
import { otherStack } from '../other-stacks/other-stacks.ts'
import { type DeployedNode, paths } from '../topology/node.ts'

/** A program that was started. It ends by itself, when it is killed, or with its container. */
export interface HostedProgram {
  /** Its standard output by lines. */
  lines(): AsyncIterable<string>
  /** Its exit code; 128 + n after signal n; 137 also if the container went away. Never rejects. */
  readonly exit: Promise<number>
  /** The last lines of its error output, for messages. */
  lastWords(): string
  /** Sends a signal. Does nothing if it has ended. `KILL` also ends what it started. */
  kill(signal: 'TERM' | 'KILL'): void
}

/** What `host.py` tells. */
const toldSchema = z.object({
  id: z.number(),
  line: z.string().optional(),
  error: z.string().optional(),
  exit: z.number().optional(),
})

/** The command that runs a Python program by itself, with the shared modules on its path. */
export function pythonCommand(file: string, argv: readonly string[] = []): string[] {
  return ['env', `PYTHONPATH=${paths.peerPrograms}`, 'python3', file, ...argv]
}

const lastWordsLines = 20
/** Exit code of what ended with its container. */
const gone = 137

const hosts = new WeakMap<DeployedNode, Promise<ProgramHost>>()

/** Starts a Python program: a file, as the container sees it. Throws HarnessError if the container is not running. */
export async function startHosted(
  node: DeployedNode,
  file: string,
  argv: readonly string[],
): Promise<HostedProgram> {
  const known = await hosts.get(node)?.catch(() => undefined)
  if (known !== undefined && !known.hasEnded) return known.start(file, argv)
  const host = ProgramHost.open(node)
  hosts.set(node, host)
  return (await host).start(file, argv)
}

/** Of the process that serves requests for programs at a node. */
function commandOf(node: DeployedNode): readonly string[] {
  const usual = pythonCommand(`${paths.peerPrograms}/host.py`)
  if (node.otherStack === undefined) return usual
  return otherStack(node.otherStack).programHost?.(node, usual) ?? usual
}

class ProgramHost {
  readonly #process: ContainerProcess
  readonly #running = new Map<number, Running>()
  #nextId = 1
  #hasEnded = false

  private constructor(process: ContainerProcess) {
    this.#process = process
    process.stdin.on('error', () => {})
    void this.#follow()
  }

  static async open(node: DeployedNode): Promise<ProgramHost> {
    return new ProgramHost(await node.spawn(commandOf(node)))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  start(file: string, argv: readonly string[]): HostedProgram {
    const id = this.#nextId++
    const program = new Running()
    this.#running.set(id, program)
    this.#tell({ id, file, argv })
    if (this.#hasEnded) this.#end(program)
    return {
      lines: () => createInterface({ input: program.stdout }),
      exit: program.exit.promise,
      lastWords: () => program.lastWords.join('\n'),
      kill: (signal) => this.#tell({ id, signal }),
    }
  }

  #tell(request: object): void {
    if (!this.#hasEnded) this.#process.stdin.write(`${JSON.stringify(request)}\n`)
  }

  async #follow(): Promise<void> {
    for await (const line of this.#process.lines()) this.#take(line)
    this.#hasEnded = true
    for (const program of this.#running.values()) this.#end(program)
  }

  #end(program: Running): void {
    program.end(gone, this.#process.lastWords())
  }

  #take(line: string): void {
    const told = parse(line)
    // Not of `host.py`: the engine says why it could not be started.
    if (told === undefined) {
      for (const program of this.#running.values()) program.stdout.write(`${line}\n`)
      return
    }
    const program = this.#running.get(told.id)
    if (told.line !== undefined) program?.stdout.write(`${told.line}\n`)
    if (told.error !== undefined) program?.hear(told.error)
    if (told.exit === undefined) return
    program?.end(told.exit)
    this.#running.delete(told.id)
  }
}

class Running {
  readonly stdout = new PassThrough()
  readonly lastWords: string[] = []
  readonly exit = Promise.withResolvers<number>()

  hear(line: string): void {
    this.lastWords.push(line)
    if (this.lastWords.length > lastWordsLines) this.lastWords.shift()
  }

  /** `words`: why, if it did not end by itself. */
  end(code: number, words = ''): void {
    if (words !== '') this.hear(words)
    this.stdout.end()
    this.exit.resolve(code)
  }
}

function parse(line: string): z.infer<typeof toldSchema> | undefined {
  try {
    return toldSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
