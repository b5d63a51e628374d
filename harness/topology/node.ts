import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type Docker from 'dockerode'
import type { ContainerSpec, Mount, RunningContainer } from '../docker/container.ts'
import { type ExecOptions, type ExecResult, execIn } from '../docker/exec.ts'
import { type ContainerProcess, type SpawnOptions, spawnIn } from '../docker/process.ts'
import type { Account } from '../docker/usage.ts'
import { HarnessError } from '../error.ts'
import { otherStack } from '../other-stacks/other-stacks.ts'
import type { ResolvedNode } from './resolve.ts'
import { sysctlsOf } from './tcp-settings.ts'

/** What every node finds inside its container. */
export const paths = {
  /** The run's directory: logs, captures, files of expected bytes. Writable, the same on all nodes. */
  shared: '/shared',
  /** The project, read-only; on nodes of role `stack`. */
  project: '/dominoes',
  /** Compiled code of the project, for processes that load what others have loaded; on nodes of role `stack`. */
  compiled: '/compiled',
  /** Programs of Linux hosts, read-only, on all nodes: what they share, and the programs of each workload. */
  peerPrograms: '/peer',
  workloads: '/workload',
} as const

const project = fileURLToPath(new URL('../../', import.meta.url))
const sharedMemoryBytes = 2 ** 31

/** One host of a deployed topology. Its methods may be called at any time until the deployment is destroyed. */
export interface DeployedNode extends ResolvedNode {
  readonly containerId: string
  /** First process of the container, in this machine's process namespace. */
  readonly pid: number
  /** Runs a program to its end. Its exit code is a result; only a missing container throws. */
  exec(command: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Starts a program and stays connected to it. */
  spawn(command: readonly string[], options?: SpawnOptions): Promise<ContainerProcess>
  /** Processor time of all its processes since it was deployed, in microseconds. */
  cpuUsageMicros(): Promise<number>
  /** Memory it holds now, in bytes. */
  memoryBytes(): Promise<number>
}

export function deployedNode(
  docker: Docker,
  node: ResolvedNode,
  container: RunningContainer,
  account: Account,
): DeployedNode {
  return {
    ...node,
    containerId: container.id,
    pid: container.pid,
    exec: (command, options) => execIn(docker, container.id, command, options),
    spawn: (command, options) => spawnIn(docker, container.id, command, options),
    cpuUsageMicros: async () => (await account.read()).cpuMicros,
    memoryBytes: async () => (await account.read()).memoryBytes,
  }
}

/** Path of the pinned Node inside a stack's container. Throws HarnessError if its package is not installed. */
export function nodeProgram(architecture: string = process.arch): string {
  const path = `node_modules/node-linux-${architecture}/bin/node`
  if (!existsSync(`${project}${path}`)) {
    throw new HarnessError(
      `The Node that runs the stack is missing: ${path}`,
      'Install the packages, optional ones included: npm install --include=optional',
    )
  }
  return `${paths.project}/${path}`
}

/** The parts of a container that follow from a node's role and its stack; `directory` and `compiled` are on this machine. */
export function roleSpec(
  node: ResolvedNode,
  directory: string,
  compiled?: string,
): Pick<
  ContainerSpec,
  | 'node'
  | 'command'
  | 'capabilities'
  | 'devices'
  | 'mounts'
  | 'namespaces'
  | 'processors'
  | 'sysctls'
  | 'sharedMemoryBytes'
> {
  const guest = node.otherStack === undefined ? undefined : otherStack(node.otherStack).container
  const mounts: Mount[] = [
    { host: directory, container: paths.shared, writable: true },
    { host: `${project}harness/peers`, container: paths.peerPrograms, writable: false },
    { host: `${project}harness/workload`, container: paths.workloads, writable: false },
  ]
  if (node.role === 'stack') mounts.push({ host: project, container: paths.project, writable: false })
  if (node.role === 'stack' && compiled !== undefined)
    mounts.push({ host: compiled, container: paths.compiled, writable: true })
  return {
    node: node.name,
    command: ['sleep', 'infinity'],
    // NET_RAW: ping, tcpdump, packet sockets. SYS_NICE: placing threads and giving them priority.
    capabilities: [
      ...['NET_ADMIN', 'NET_RAW'],
      ...(node.role === 'stack' ? ['SYS_NICE'] : []),
      ...(guest?.capabilities ?? []),
    ],
    devices: [...(node.role === 'stack' ? ['/dev/net/tun'] : []), ...(guest?.devices ?? [])],
    mounts,
    namespaces: 'none',
    processors: node.processors,
    sysctls: node.role === 'linux' ? sysctlsOf(node.tcp) : {},
    sharedMemoryBytes,
  }
}
