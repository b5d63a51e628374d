/** Whether the topologies that an experiment's cells name can carry them. Reads the folder of topologies. */
import { HarnessError } from '../../error.ts'
import { otherStack } from '../../other-stacks/other-stacks.ts'
import { linkAt, linkKindOf } from '../../topology/links/kinds.ts'
import { listTopologies, loadTopology } from '../../topology/load.ts'
import { type ResolvedTopology, resolveTopology } from '../../topology/resolve.ts'
import type { Specification } from '../../workload/specification.ts'
import { specificationOf } from '../../workload/workloads.ts'
import type { Cell, Experiment } from '../experiment.ts'
import { isOwn } from '../factor.ts'
import { isStack } from '../peer.ts'
import type { Complaint } from './complaint.ts'

export async function complaintsAboutTopologies({ cells, workload }: Experiment): Promise<Complaint[]> {
  const specification = specificationOf(workload)
  const complaints = await Promise.all(
    [...new Set(cells.map(({ factors }) => factors.topology))].map(async (id): Promise<Complaint[]> => {
      const own = cells.filter(({ factors }) => factors.topology === id)
      const path = ['topology', id]
      try {
        const topology = resolveTopology(await loadTopology(id))
        return own.flatMap((cell) => {
          const complaint = misfit(cell, specification, topology)
          return complaint === undefined ? [] : [{ path, ...complaint }]
        })
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error
        return [{ path, problem: error.reason, remedy: `known are ${(await listTopologies()).join(', ')}` }]
      }
    }),
  )
  return complaints.flat()
}

function misfit(
  { id, factors }: Cell,
  { usesNetwork, hosts = [] }: Pick<Specification, 'usesNetwork' | 'hosts'>,
  topology: ResolvedTopology,
): Omit<Complaint, 'path'> | undefined {
  const roleOf = (name: string) => topology.nodes.find((node) => node.name === name)?.role
  const wanted = isOwn(factors.strategy) ? 'stack' : otherStack(factors.strategy).role
  if (roleOf('stack') !== wanted) {
    return {
      problem: `cell "${id}" needs a node "stack" of role "${wanted}"`,
      remedy: `name another topology for strategy "${factors.strategy}"`,
    }
  }
  const facing = isStack(factors.peer) ? 'stack' : 'linux'
  if (usesNetwork && roleOf('peer') !== facing) {
    const remedy = 'name another topology, or another peer'
    return { problem: `cell "${id}" needs a node "peer" of role "${facing}"`, remedy }
  }
  const missing = hosts.find((host) => roleOf(host) !== 'linux')
  if (missing !== undefined) {
    const remedy = 'name another topology: dumbbell has the hosts of two flows'
    return { problem: `cell "${id}" needs a node "${missing}" of role "linux"`, remedy }
  }
  const link = linkAt(topology, 'stack')
  if (factors.reader === 'per-queue' && linkKindOf(link).device !== 'tap') {
    return {
      problem: `cell "${id}" reads a queue of its own, and only a TAP has several`,
      remedy: 'use tap there',
    }
  }
  if (factors.offload === 'gso' && linkKindOf(link).device === 'tap') {
    return {
      problem: `cell "${id}" has frames that the kernel is to cut before they are on the wire, and a TAP is the wire itself`,
      remedy: 'use veth-packet or veth-packet-ring there',
    }
  }
  if (factors.offload !== undefined && factors.offload !== 'off' && link.impairment !== undefined) {
    return {
      problem: `cell "${id}" has offloads, and the impaired path of this topology carries single segments`,
      remedy: 'leave offload out there',
    }
  }
  if (factors.verification === 'trusted' && (link.impairment?.corruptionProbability ?? 0) > 0) {
    return {
      problem: `cell "${id}" trusts what this topology corrupts`,
      remedy: 'use verification "claimed"',
    }
  }
  return undefined
}
