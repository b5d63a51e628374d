/**
 * A host that speaks raw frames, beside the Linux peer's kernel and on the same interface: `run.py` in the peer's
 * container. Runs one case at a time, by name.
 */
import { z } from 'zod'
import type { ContainerProcess } from '../../docker/process.ts'
import { type DeployedNode, paths } from '../../topology/node.ts'

const readyEvent = z.object({ event: z.literal('ready'), cases: z.array(z.string()) })
const caseEvent = z.object({
  event: z.literal('case'),
  name: z.string(),
  seconds: z.number(),
  /** What was expected and what came instead; null if all was right. */
  complaint: z.string().nullable(),
})

export class RawHost {
  /** Names of all cases that there are. */
  readonly cases: readonly string[]
  readonly #process: ContainerProcess
  readonly #lines: AsyncIterator<string>

  private constructor(process: ContainerProcess, lines: AsyncIterator<string>, cases: readonly string[]) {
    this.#process = process
    this.#lines = lines
    this.cases = cases
  }

  /** `serves`: the stack has a server on port 80, which has to answer after each case, too. */
  static async start(peer: DeployedNode, stackAddress: string, serves: boolean): Promise<RawHost> {
    const program = ['python3', `${paths.peerPrograms}/wire/run.py`]
    const process = await peer.spawn([
      ...program,
      ...['--interface', peer.interfaceName, '--stack', stackAddress],
      ...(serves ? [] : ['--no-server']),
    ])
    const lines = process.lines()[Symbol.asyncIterator]()
    const { cases } = readyEvent.parse(await nextLine(process, lines))
    return new RawHost(process, lines, cases)
  }

  /** The complaint of a case, null if it has none. */
  async run(name: string): Promise<string | null> {
    this.#process.stdin.write(`${name}\n`)
    return caseEvent.parse(await nextLine(this.#process, this.#lines)).complaint
  }

  async end(): Promise<void> {
    this.#process.stdin.end()
    await this.#process.kill('TERM')
  }
}

/** A line of a program as JSON; throws its last words if it has ended. */
export async function nextLine(process: ContainerProcess, lines: AsyncIterator<string>): Promise<unknown> {
  const line = await lines.next()
  if (line.done !== true) return JSON.parse(line.value)
  throw new Error(`the program ended with ${await process.exit}: ${process.lastWords()}`)
}
