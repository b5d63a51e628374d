import { mkdir } from 'node:fs/promises'
import { resolve as resolvePath } from 'node:path'
import type Docker from 'dockerode'
import { removeLeftOvers } from '../docker/clean-up.ts'
import { ensureEngine } from '../docker/engine/engine.ts'
import { type HeldContainer, holdContainer } from '../docker/held-container.ts'
import { ensureImage } from '../docker/image.ts'
import { thisOwner } from '../docker/owner.ts'
import { type Progress, silent } from '../docker/progress.ts'
import { stackRecipe } from '../docker/recipe.ts'
import { accountOf } from '../docker/usage.ts'
import { type HelperContext, holdHelper, runHelper } from '../docker/wiring-helper.ts'
import { HarnessError } from '../error.ts'
import { otherStack } from '../other-stacks/other-stacks.ts'
import { makeBridge } from './links/bridge.ts'
import { linkKindOf } from './links/kinds.ts'
import { type ProcessIds, processOf } from './links/link.ts'
import { type DeployedNode, deployedNode, roleSpec } from './node.ts'
import type { ResolvedLink, ResolvedNode, ResolvedTopology } from './resolve.ts'

/**
 * The third stage of a topology: containers that run and are wired. Destroyed by its owner, or by the process's
 * clean-up, or, if the process was killed, by the next deployment on this machine.
 */
export interface Deployment {
  readonly topology: ResolvedTopology
  /** Throws HarnessError if there is no such node. */
  node(name: string): DeployedNode
  /** Joins the TAP that a process of the node `owner` has made; call it again for every new TAP. */
  connectTap(interfaceName: string, owner?: string): Promise<void>
  /** Removes the containers, and with them their interfaces and processes. May be called more than once. */
  destroy(): Promise<void>
}

export interface DeployOptions {
  /** Letters, digits, dots, dashes and underscores; part of the containers' names. */
  readonly runId: string
  /** On this machine; made if it is missing, and mounted into every node as /shared. */
  readonly directory: string
  /** On this machine: the stacks' processes keep their compiled code there, for later ones. Default: in the container. */
  readonly compiled?: string | undefined
  readonly onProgress?: Progress | undefined
}

type Directories = Pick<DeployOptions, 'directory' | 'compiled'>

let deployments = 0
let leftOversRemoved = false

export async function deployTopology(
  topology: ResolvedTopology,
  options: DeployOptions,
): Promise<Deployment> {
  const onProgress = options.onProgress ?? silent
  checkRunId(options.runId)
  const docker = await ensureEngine(onProgress)
  const image = await ensureImage(onProgress)
  await removeLeftOversOnce(docker, onProgress)
  const directory = resolvePath(options.directory)
  await mkdir(directory, { recursive: true })
  deployments++
  const images = await imagesOf(topology, image, onProgress)
  const context = { docker, image, owner: thisOwner(), runId: options.runId }
  const id = `${process.pid}-${deployments}`
  return await start(topology, context, images, id, { ...options, directory }, onProgress)
}

/** By node; `image` is that of every host. */
async function imagesOf(
  { nodes }: ResolvedTopology,
  image: string,
  onProgress: Progress,
): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>()
  for (const { name, otherStack: stack } of nodes) {
    const own = stack === undefined ? undefined : otherStack(stack).container?.image
    images.set(name, own === undefined ? image : await ensureImage(onProgress, stackRecipe(own)))
  }
  return images
}

/** Before the first deployment of this process: left-over containers of killed runs would compete for processors. */
async function removeLeftOversOnce(docker: Docker, onProgress: Progress): Promise<void> {
  if (leftOversRemoved) return
  leftOversRemoved = true
  await removeLeftOvers(docker, onProgress)
}

async function start(
  topology: ResolvedTopology,
  context: HelperContext,
  images: ReadonlyMap<string, string>,
  id: string,
  directories: Directories,
  onProgress: Progress,
): Promise<Deployment> {
  onProgress(`starting ${topology.nodes.map((node) => node.name).join(', ')}`)
  const held = topology.nodes.map((node) =>
    holdNode(node, { ...context, image: images.get(node.name) ?? context.image }, id, directories),
  )
  // Starts beside the nodes, and stays until all that is awaited is wired.
  const helper = holdHelper(context)
  const awaited = tapOwners(topology)
  const destroy = async () => {
    await Promise.all([helper, ...held].map((container) => container.release()))
  }
  try {
    const nodes = await Promise.all(
      topology.nodes.map((node, index) => startedNode(node, context.docker, held[index] as HeldContainer)),
    )
    const processes: ProcessIds = Object.fromEntries(nodes.map((node) => [node.name, node.pid]))
    onProgress('wiring')
    await helper.run([
      ...switchLines(topology, processes),
      ...topology.links.flatMap((link) => linkKindOf(link).deploy(link, processes)),
    ])
    if (awaited.size === 0) await helper.release()
    return {
      topology,
      node: (name) => findNode(topology, nodes, name),
      connectTap: async (interfaceName, owner = 'stack') => {
        const lines = tapLines(topology, processes, interfaceName, owner)
        // A TAP that takes the place of another has its helper for itself.
        if (!awaited.delete(owner)) await runHelper(context, lines)
        else await helper.run(lines)
        if (awaited.size === 0) await helper.release()
      },
      destroy,
    }
  } catch (error) {
    await destroy()
    throw error
  }
}

function holdNode(
  node: ResolvedNode,
  context: HelperContext,
  id: string,
  { directory, compiled }: Directories,
): HeldContainer {
  const { docker, image, owner, runId } = context
  const name = `dominoes-${runId}-${id}-${node.name}`
  return holdContainer(docker, { name, runId, owner, image, ...roleSpec(node, directory, compiled) })
}

async function startedNode(node: ResolvedNode, docker: Docker, held: HeldContainer): Promise<DeployedNode> {
  const container = await held.started
  return deployedNode(docker, node, container, await accountOf(docker, container.id, container.pid))
}

/** The bridges, which have to be there before the links that join them. A bridge carries the largest of their packets. */
function switchLines({ nodes, links }: ResolvedTopology, processes: ProcessIds): string[] {
  const mtuBytes = Math.max(...links.map((link) => link.mtuBytes))
  return nodes
    .filter(({ role }) => role === 'switch')
    .flatMap((node) => makeBridge(processOf(processes, node), mtuBytes))
}

/** Nodes whose stacks make a TAP, which is to be joined once it is there. */
function tapOwners({ nodes, links }: ResolvedTopology): Set<string> {
  const isAwaited = ({ name, role }: ResolvedNode) => {
    const link = linkOf(links, name)
    return role === 'stack' && link !== undefined && linkKindOf(link).connectTap !== undefined
  }
  return new Set(nodes.filter(isAwaited).map(({ name }) => name))
}

function linkOf(links: readonly ResolvedLink[], name: string): ResolvedLink | undefined {
  return links.find(({ first, second }) => first.name === name || second.name === name)
}

/** What joins a TAP. Throws HarnessError if its name is none, or its owner makes none. */
function tapLines(
  topology: ResolvedTopology,
  processes: ProcessIds,
  interfaceName: string,
  ownerName: string,
): string[] {
  if (!/^[a-zA-Z0-9_.-]{1,15}$/.test(interfaceName)) {
    throw new HarnessError(
      `"${interfaceName}" is no interface name.`,
      'Use up to 15 letters, digits, dots, dashes or underscores.',
    )
  }
  const link = linkOf(topology.links, ownerName)
  const connect = link && linkKindOf(link).connectTap
  const owner = topology.nodes.find((node) => node.name === ownerName)
  if (link === undefined || connect === undefined || owner?.role !== 'stack') {
    throw new HarnessError(
      `In topology "${topology.id}" node "${ownerName}" has no TAP to connect.`,
      'Use a topology with a tap link, and a node of role "stack".',
    )
  }
  return connect(link, processes, owner, interfaceName)
}

function findNode(topology: ResolvedTopology, nodes: readonly DeployedNode[], name: string): DeployedNode {
  const node = nodes.find((each) => each.name === name)
  if (node !== undefined) return node
  throw new HarnessError(
    `Topology "${topology.id}" has no node "${name}".`,
    `Use one of: ${nodes.map((each) => each.name).join(', ')}.`,
  )
}

function checkRunId(runId: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,40}$/.test(runId)) return
  throw new HarnessError(
    `"${runId}" is no run id.`,
    'Use up to 41 letters, digits, dots, dashes or underscores.',
  )
}
