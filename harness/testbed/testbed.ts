/**
 * A topology that is up and can take samples: its containers, the directory they share, and, where it has a stack,
 * the agent that holds the device.
 */
import { addCleanUp } from '../docker/clean-up.ts'
import { makeScratch, removeScratch } from '../docker/scratch.ts'
import type { OtherStackName } from '../other-stacks/other-stacks.ts'
import { confirmTcp } from '../topology/confirm-tcp.ts'
import { type Deployment, deployTopology } from '../topology/deploy.ts'
import { linkAt } from '../topology/links/kinds.ts'
import { loadTopology } from '../topology/load.ts'
import type { DeployedNode } from '../topology/node.ts'
import { type ResolvedLink, resolveTopology, type TopologyChanges } from '../topology/resolve.ts'
import { AgentConnection } from './agent-connection.ts'
import { openDevice } from './other-device.ts'

/** The node under test and the one at the other end have these names in every topology. */
const stackName = 'stack'
const peerName = 'peer'

/** Which containers a sample needs: samples with equal plans share them. */
export interface TestbedPlan extends Omit<TopologyChanges, 'processors' | 'otherStacks'> {
  readonly topology: string
  /** Of the stack's TAP; default 1. */
  readonly tapQueues?: number
  /** What runs in the place of our stack; undefined: ours, or the kernel's, by the topology. */
  readonly otherStack?: OtherStackName
}

export class Testbed {
  readonly deployment: Deployment
  /** On this machine; the containers see it as /shared. */
  readonly directory: string
  readonly agent: AgentConnection | undefined
  /** Where the other end is a stack, too. */
  readonly peerAgent: AgentConnection | undefined
  /** How the Linux hosts send, as it was found when they were up. */
  readonly linuxTcp: Readonly<Record<string, string>>
  /** By cell: the number of the stack's process that has made its warm-up. */
  readonly warmCells = new Map<string, number>()
  /** The samples that the stacks' processes are for. */
  #span = ''
  /** By cell: seeds of the impairments of the stacks that run now. */
  readonly #seeds = new Map<string, number>()
  readonly #withdraw: () => void

  private constructor(
    deployment: Deployment,
    directory: string,
    agent: AgentConnection | undefined,
    peerAgent: AgentConnection | undefined,
    linuxTcp: Readonly<Record<string, string>>,
    withdraw: () => void,
  ) {
    this.deployment = deployment
    this.directory = directory
    this.agent = agent
    this.peerAgent = peerAgent
    this.linuxTcp = linuxTcp
    this.#withdraw = withdraw
  }

  static async deploy(
    { topology, tapQueues = 1, otherStack, ...changes }: TestbedPlan,
    runId: string,
    onProgress: (line: string) => void,
    compiled?: string,
  ): Promise<Testbed> {
    const otherStacks = otherStack === undefined ? {} : { [stackName]: otherStack }
    const resolved = resolveTopology(await loadTopology(topology), { ...changes, otherStacks })
    const directory = await makeScratch()
    const withdraw = addCleanUp(() => removeScratch(directory))
    const deployment = await deployTopology(resolved, { runId, directory, compiled, onProgress })
    try {
      const agentOf = async (name: string, queues: number) => {
        const node = deployment.node(name)
        if (node.role !== 'stack') return undefined
        if (node.otherStack === undefined)
          return await AgentConnection.open(deployment, node, queues, onProgress)
        await openDevice(deployment, node)
        return undefined
      }
      const agent = await agentOf(stackName, tapQueues)
      const peerAgent = await agentOf(peerName, 1)
      // Only now: a Linux host behind a TAP has its interface, and its route, once the stack's agent made that.
      const hosts = resolved.nodes.filter(({ role }) => role === 'linux')
      const [found = {}] = await Promise.all(hosts.map(({ name }) => confirmTcp(deployment.node(name))))
      return new Testbed(deployment, directory, agent, peerAgent, found, withdraw)
    } catch (error) {
      await deployment.destroy()
      throw error
    }
  }

  /** Called before each sample, with a name of those that may share processes. Ends the stacks' processes if it is new. */
  async enterSpan(span: string): Promise<void> {
    if (this.#span === span) return
    this.#span = span
    this.#seeds.clear()
    await Promise.all([this.agent?.retireStacks(), this.peerAgent?.retireStacks()])
  }

  /** The seed of a cell's impairment: that of its stack's first sample, as the stack draws on from sample to sample. */
  seedFor(cell: string, seed: number): number {
    const known = this.#seeds.get(cell) ?? seed
    this.#seeds.set(cell, known)
    return known
  }

  /** The wire between the stack and its peer. */
  get link(): ResolvedLink {
    return linkAt(this.deployment.topology, stackName)
  }

  get containerIds(): string[] {
    const { topology } = this.deployment
    return topology.nodes.map(({ name }) => this.deployment.node(name).containerId)
  }

  get stack(): DeployedNode {
    return this.deployment.node(stackName)
  }

  get peer(): DeployedNode {
    return this.deployment.node(peerName)
  }

  async destroy(): Promise<void> {
    await Promise.all([this.agent?.close(), this.peerAgent?.close()])
    await this.deployment.destroy()
    await removeScratch(this.directory)
    this.#withdraw()
  }
}
