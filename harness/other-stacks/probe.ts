/**
 * Whether another stack starts on this machine: its process for programs is run in a container as that of its node, with
 * nothing to do. A machine may refuse it what its container asks for, such as a network namespace of its own.
 */
import { randomBytes } from 'node:crypto'
import { ensureEngine } from '../docker/engine/engine.ts'
import { execIn } from '../docker/exec.ts'
import { holdContainer } from '../docker/held-container.ts'
import { thisOwner } from '../docker/owner.ts'
import { makeScratch, removeScratch } from '../docker/scratch.ts'
import { HarnessError } from '../error.ts'
import { loadTopology } from '../topology/load.ts'
import { roleSpec } from '../topology/node.ts'
import { type ResolvedNode, resolveTopology } from '../topology/resolve.ts'
import { type OtherStackName, otherStack } from './other-stacks.ts'

const patienceSeconds = 20

/** Throws HarnessError with its last words if it does not start. `image` is on the engine. */
export async function probe(name: OtherStackName, image: string): Promise<void> {
  const node = await nodeOf(name)
  const command = otherStack(name).programHost?.(node, ['true'])
  if (command === undefined) return
  const docker = await ensureEngine()
  const runId = `probe-${randomBytes(4).toString('hex')}`
  const directory = await makeScratch()
  const spec = { name: `dominoes-${runId}`, runId, owner: thisOwner(), image, ...roleSpec(node, directory) }
  const held = holdContainer(docker, spec)
  try {
    const { id } = await held.started
    const { exitCode, stderr } = await execIn(docker, id, [
      ...['timeout', String(patienceSeconds), 'sh', '-c', wired(node), 'sh'],
      ...command,
    ])
    if (exitCode === 0) return
    const words = stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`
    throw new HarnessError(`It does not start here: ${words}`, 'See what this machine lacks: make doctor')
  } finally {
    await held.release()
    await removeScratch(directory)
  }
}

/** The node under test in a topology that such a stack can be in. */
async function nodeOf(name: OtherStackName): Promise<ResolvedNode> {
  const topology = await loadTopology(otherStack(name).role === 'linux' ? 'veth' : 'tap')
  const [node] = resolveTopology(topology, { otherStacks: { stack: name } }).nodes
  if (node === undefined) throw new Error(`topology ${topology.id} has no node`)
  return node
}

/** A script that runs its arguments beside an interface as the node has it, whose other end leads nowhere. */
function wired({ interfaceName, address, prefixBits }: ResolvedNode): string {
  return [
    'set -e',
    `ip link add name ${interfaceName} type veth peer name nowhere`,
    `ip address add ${address}/${prefixBits} dev ${interfaceName}`,
    `ip link set dev ${interfaceName} up`,
    'ip link set dev nowhere up',
    'exec "$@"',
  ].join('\n')
}
