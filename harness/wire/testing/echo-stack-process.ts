/** The harness's end of `echo-stack.ts`: a stack in the stack's container, and what it is asked. */
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ContainerProcess } from '../../docker/process.ts'
import type { Deployment } from '../../topology/deploy.ts'
import { nodeProgram, paths } from '../../topology/node.ts'
import type { EchoCommand, EchoStackOptions } from './echo-stack.ts'
import { nextLine } from './raw-host.ts'

const reportSchema = z.object({
  /** Memory of the stack's process, now and at most, shared memory included. */
  residentKibibytes: z.number(),
  peakKibibytes: z.number(),
  /** Connections that did not end in order. */
  broken: z.int(),
  divergences: z.int(),
  failure: z.string().nullable(),
  /** The protocol machine's counters by name. */
  protocol: z.record(z.string(), z.number()),
})

export type EchoReport = z.infer<typeof reportSchema>

type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never
type Request = Without<EchoCommand, 'id'>

export class EchoStack {
  readonly #process: ContainerProcess
  readonly #answers = new Map<number, (answer: unknown) => void>()
  #nextId = 1

  private constructor(process: ContainerProcess) {
    this.#process = process
  }

  /** Starts a stack of two replicas unless told otherwise, and joins it to the topology. */
  static async start(deployment: Deployment, options: Partial<EchoStackOptions> = {}): Promise<EchoStack> {
    const node = deployment.node('stack')
    const all: EchoStackOptions = {
      strategy: { kind: 'replicated', replicas: 2 },
      address: `${node.address}/${node.prefixBits}`,
      ...options,
    }
    const program = fileURLToPath(import.meta.resolve('./echo-stack.ts'))
    const root = fileURLToPath(new URL('../../../', import.meta.url))
    const path = `${paths.project}/${program.slice(root.length)}`
    const process = await node.spawn([nodeProgram(), path, JSON.stringify(all)])
    const lines = process.lines()[Symbol.asyncIterator]()
    const ready = z.object({ interface: z.string() }).parse(await nextLine(process, lines))
    await deployment.connectTap(ready.interface)
    process.stdin.write('start\n')
    z.object({ listening: z.literal(true) }).parse(await nextLine(process, lines))
    const stack = new EchoStack(process)
    void stack.#takeAnswers(lines)
    return stack
  }

  async report(): Promise<EchoReport> {
    return reportSchema.parse(await this.#ask({ report: true }))
  }

  /** `opened`, or why it did not open. */
  async connect(to: { address: string; port: number }): Promise<string> {
    return outcomeOf(await this.#ask({ connect: to }))
  }

  /** Sends one datagram from a connected socket: `answered`, or why it was not. */
  async sendTo(to: { address: string; port: number }): Promise<string> {
    return outcomeOf(await this.#ask({ sendTo: to }))
  }

  async end(): Promise<void> {
    await this.#process.kill('KILL')
    await this.#process.exit
  }

  #ask(request: Request): Promise<unknown> {
    const id = this.#nextId++
    const command: EchoCommand = { id, ...request }
    const answer = new Promise((resolve) => this.#answers.set(id, resolve))
    this.#process.stdin.write(`${JSON.stringify(command)}\n`)
    return answer
  }

  /** Until the process ends. A request that is then unanswered stays so, and the test fails by its time limit. */
  async #takeAnswers(lines: AsyncIterator<string>): Promise<void> {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const { id } = z.object({ id: z.int() }).parse(JSON.parse(line.value))
      this.#answers.get(id)?.(JSON.parse(line.value))
      this.#answers.delete(id)
    }
  }
}

function outcomeOf(answer: unknown): string {
  return z.object({ outcome: z.string() }).parse(answer).outcome
}
