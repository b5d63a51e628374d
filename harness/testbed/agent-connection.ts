/**
 * The harness's end of the agent in a stack's container: one command at a time, each answered by one event.
 */

import {
  type AgentCommand,
  type AgentEvent,
  agentEventSchema,
  type Done,
  type ProcessSpec,
  processSpecOf,
  type ServeSpec,
  type Work,
} from '../agent/messages.ts'
import type { DeviceSpec } from '../agent/open-device.ts'
import type { ContainerProcess } from '../docker/process.ts'
import { DivergenceFailure, HarnessError } from '../error.ts'
import type { Deployment } from '../topology/deploy.ts'
import { linkAt, linkKindOf } from '../topology/links/kinds.ts'
import { type DeployedNode, nodeProgram, paths } from '../topology/node.ts'
import { within } from '../within.ts'

const tapName = 'dominoes0'
/** The agent has lower limits for all it does; this is for an agent that hangs itself. */
const answerSeconds = 120

export class AgentConnection {
  readonly #process: ContainerProcess
  readonly #events: AsyncIterator<string>
  #nextId = 1

  private constructor(process: ContainerProcess) {
    this.#process = process
    this.#events = process.lines()[Symbol.asyncIterator]()
  }

  /** Starts the agent on a stack's node and, if it made a TAP, joins that to the topology. */
  static async open(
    deployment: Deployment,
    node: DeployedNode,
    tapQueues: number,
    onProgress: (line: string) => void,
  ): Promise<AgentConnection> {
    onProgress('starting the stack’s agent')
    const link = linkAt(deployment.topology, node.name)
    const { device: kind } = linkKindOf(link)
    const device: DeviceSpec =
      kind === 'tap'
        ? {
            kind,
            name: tapName,
            mtuBytes: link.mtuBytes,
            queues: tapQueues,
            offload: link.offloads === 'on',
          }
        : {
            kind,
            name: node.interfaceName,
            offload: link.offloads === 'gso' ? 'gso' : link.offloads === 'on',
          }
    const flags = process.env.DOMINOES_NODE_FLAGS
    const child = await node.spawn(
      [nodeProgram(), `${paths.project}/harness/agent/agent.ts`, JSON.stringify(device)],
      {
        environment: {
          NODE_COMPILE_CACHE: paths.compiled,
          ...(flags === undefined ? {} : { DOMINOES_NODE_FLAGS: flags }),
        },
      },
    )
    const agent = new AgentConnection(child)
    const ready = await agent.#next(answerSeconds)
    if (ready.event === 'fatal') throw new HarnessError(ready.reason, ready.remedy)
    if (ready.event !== 'ready') throw new HarnessError(`The agent began with "${ready.event}".`, defect)
    if (device.kind === 'tap') await deployment.connectTap(ready.interface, node.name)
    return agent
  }

  /**
   * Starts the process for tasks with this specification, if there is none, and returns its number: another one, if an
   * earlier process has ended. Some of the `next` ones are started beside it. Throws HarnessError if it cannot run.
   */
  async prepare(spec: ProcessSpec, next: readonly ProcessSpec[] = []): Promise<number> {
    const event = await this.#command({
      id: this.#nextId++,
      prepare: processSpecOf(spec),
      next: next.map(processSpecOf),
    })
    if (event.event === 'prepared') return event.process
    throw new HarnessError(`The agent answered with "${event.event}".`, defect)
  }

  /** Does one task; calls `onListening` once the task waits for connections. Throws HarnessError if the task failed. */
  async work(work: Work, onListening: () => void = () => {}): Promise<Done> {
    const seconds = work.timeoutSeconds + answerSeconds
    let event = await this.#command({ id: this.#nextId++, work }, seconds)
    if (event.event === 'listening') {
      onListening()
      event = await this.#answer(seconds)
    }
    if (event.event === 'done') return event.done
    throw new HarnessError(`The agent answered a task with "${event.event}".`, defect)
  }

  /** Stops the stacks that stayed awake after their task. */
  async rest(): Promise<void> {
    const event = await this.#command({ id: this.#nextId++, rest: true })
    if (event.event !== 'rested') throw new HarnessError(`The agent answered with "${event.event}".`, defect)
  }

  /** Ends the processes of all stacks, so that the next tasks begin with new ones. */
  async retireStacks(): Promise<void> {
    const event = await this.#command({ id: this.#nextId++, retire: true })
    if (event.event !== 'retired') throw new HarnessError(`The agent answered with "${event.event}".`, defect)
  }

  /** Serves pages until this connection is closed; resolves when it listens. Throws HarnessError if it cannot. */
  async serve(spec: ServeSpec): Promise<void> {
    const event = await this.#command({ id: this.#nextId++, serve: spec })
    if (event.event !== 'serving') throw new HarnessError(`The agent answered with "${event.event}".`, defect)
  }

  async close(): Promise<void> {
    this.#process.stdin.end()
    await this.#process.kill('TERM')
  }

  async #command(command: AgentCommand, seconds = answerSeconds): Promise<AgentEvent> {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`)
    return await this.#answer(seconds)
  }

  async #answer(seconds: number): Promise<AgentEvent> {
    const event = await this.#next(seconds)
    if (event.event === 'failed' && event.divergences !== undefined)
      throw new DivergenceFailure(event.divergences, event.reason, event.remedy)
    if (event.event === 'failed' || event.event === 'fatal')
      throw new HarnessError(event.reason, event.remedy)
    return event
  }

  /** Throws HarnessError if nothing comes for so long. No later answer is taken then: the node is to be deployed again. */
  async #next(seconds: number): Promise<AgentEvent> {
    const silent = () =>
      new HarnessError(
        `The stack's agent has said nothing for ${seconds} seconds: ${this.#process.lastWords()}`,
        'The next sample gets new containers. If it happens there, too, report it with the log of this run.',
      )
    const line = await within(seconds * 1000, this.#events.next(), silent)
    if (line.done !== true) return agentEventSchema.parse(JSON.parse(line.value))
    const exitCode = await this.#process.exit
    throw new HarnessError(
      `The stack's agent ended (exit code ${exitCode}): ${this.#process.lastWords()}`,
      'Its last words are above; make doctor checks what it needs.',
    )
  }
}

const defect = 'This is a defect of the harness; please report it with the log of this run.'
